import { withServer } from '../support/e2e.js';
import { seedFigures } from './seed-figures.js';

seedFigures(withServer());
