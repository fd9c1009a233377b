/** What the first page does without, in a file of its own that is loaded when it is wanted. */
export { Calendar } from '../head/calendar.jsx';
export { Help } from '../head/help.jsx';
export { AllRows } from '../panels/all-rows.jsx';
export { Delivery } from './delivery.jsx';
export { FirstMinute } from './first-minute.jsx';
export { Live } from './live.jsx';
export { Quality } from './quality.jsx';
export { Sessions } from './sessions.jsx';
export { System } from './system.jsx';
export { Title } from './title.jsx';
