import { readFileSync, writeFileSync } from 'node:fs';
import { dashboardTypes } from './dashboard-types.js';

/** Writes the types of the dashboard anew from schema.gql. */
writeFileSync('dashboard/api/schema.ts', dashboardTypes(readFileSync('schema.gql', 'utf8')));
