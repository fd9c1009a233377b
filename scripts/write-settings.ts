import { readFileSync, writeFileSync } from 'node:fs';
import { withSettings } from './settings-table.js';

const PATH = 'docs/operations.md';

/** Writes the table of settings in docs/operations.md anew from the schema. */
writeFileSync(PATH, withSettings(readFileSync(PATH, 'utf8')));
