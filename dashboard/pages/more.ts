/** The pages after the first one, in a file of their own that is loaded when one is wanted. */
export { Delivery } from './delivery.jsx';
export { FirstMinute } from './first-minute.jsx';
export { Live } from './live.jsx';
export { Quality } from './quality.jsx';
export { Sessions } from './sessions.jsx';
export { System } from './system.jsx';
export { Title } from './title.jsx';
