import { readFileSync } from 'node:fs';

/**
 * Loaded into a server before anything else, and into each of its threads: its clock is off by as
 * many milliseconds as a file says.
 */
const path = process.env.CLOCK_OFFSET_FILE;
const now = Date.now;
Date.now = () => now() + Number(readFileSync(path, 'utf8'));
