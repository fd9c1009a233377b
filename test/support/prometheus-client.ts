import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PyPI's parser of what Prometheus reads, as others wrote it. */
const PACKAGE = 'prometheus_client==0.22.1';
const CACHE_FOLDER = '.cache';
const FOLDER = join(CACHE_FOLDER, 'prometheus-client');
const INSTALL_MS_MAX = 120_000;

const PARSE = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps([{"name": family.name, "type": family.type, "help": family.documentation,
    "samples": [{"name": sample.name, "labels": sample.labels, "value": str(sample.value)}
    for sample in family.samples]} for family in families]))
`;

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as the parser sees it; the name of a counter is without its `_total`. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Why the parser cannot be had, or undefined if it is there; fetches it once. */
export async function prometheusClientFault(): Promise<string | undefined> {
  if (existsSync(FOLDER)) return undefined;
  mkdirSync(CACHE_FOLDER, { recursive: true });
  const fresh = mkdtempSync(join(CACHE_FOLDER, 'fetching-'));
  const how = ['-m', 'pip', 'install', '--no-deps', '--no-cache-dir', '--quiet', '--target', fresh];
  try {
    await run('python3', [...how, PACKAGE], { timeout: INSTALL_MS_MAX });
    if (!existsSync(FOLDER)) renameSync(fresh, FOLDER);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0];
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** What the parser makes of a text; throws if it does not take it. */
export async function parseMetrics(metrics: string): Promise<readonly MetricFamily[]> {
  const child = spawn('python3', ['-c', PARSE], {
    env: { ...process.env, PYTHONPATH: FOLDER },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(metrics);
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (child.exitCode !== 0) throw new Error(stderr);
  // JSON has no NaN, which some of Node's own metrics are at first.
  const numbers = (name: string, value: unknown) => (name === 'value' ? Number(value) : value);
  return JSON.parse(stdout, numbers) as readonly MetricFamily[];
}
