/**
 * The pages after the first one, and dialogs, in a file of their own that is loaded when one is
 * wanted.
 */
export { Calendar } from '../head/calendar.jsx';
export { Found } from '../head/found.jsx';
export { Help } from '../head/help.jsx';
export { AllRows } from '../panels/all-rows.jsx';
export { KeyField } from '../panels/key-field.jsx';
export { WhyDialog } from '../panels/why-dialog.jsx';
export { Delivery } from './delivery.jsx';
export { FirstMinute } from './first-minute.jsx';
export { Live } from './live.jsx';
export { Quality } from './quality.jsx';
export { Sessions } from './sessions.jsx';
export { System } from './system.jsx';
export { Title } from './title.jsx';
