import { render } from 'preact';
import { followClock } from './address/asked.js';
import { followLinks } from './address/router.js';
import { markReadiness } from './api/readiness.js';
import { App } from './app.jsx';
import { followFocus } from './head/focus.js';
import { followKeys } from './head/keys.js';
import { followTheme } from './head/theme.js';
import './style/main.css';

followTheme();
followLinks();
followClock();
followKeys();
followFocus();
render(<App />, document.body);
markReadiness();
