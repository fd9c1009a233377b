import { readFileSync } from 'node:fs';
import type { Headers } from '../../../src/api/context/headers.js';

/** What a request says of its agent, and what is known by it. */
export interface AgentCase {
  readonly name: string;
  readonly headers: Headers;
  /** Device, operating system, browser; `-` is not known. */
  readonly known: readonly [string, string, string];
  readonly isProgram?: true;
}

/** Agents as they are met, November 2026. */
export const AGENTS = JSON.parse(
  readFileSync('test/fixtures/agents.json', 'utf8'),
) as readonly AgentCase[];
