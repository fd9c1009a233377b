import { Logger } from '@nestjs/common';
import { FAMILIES, type Family, type HeavyRequest } from '../test/support/graphql-documents.js';
import { cpuMsOf } from '../test/support/guarded-pipeline.js';
import { SeededRandom } from '../test/support/random.js';
import { RandomRequests } from '../test/support/random-requests.js';
import { quantileOf } from './measure.js';

/*
 * The cost of requests that no honest client sends: `npm run bench:guards`. Nothing is resolved
 * here, so this is the CPU of parsing, checking, refusing and answering.
 */

const DOCUMENTS = 5_000;
const SEED = Number(process.env.FAULT_SEED ?? 16);
const PARTS_MAX = 60;
/** The counts whose median is taken. */
const ROUNDS = 7;
/** The least time that is compared: below it the clock's own error is too great a part. */
const COMPARED_MS_MIN = 2;
const MS_AIM = 250;
const RATIO_AIM = 2.5;

async function medianCpuMsOf(request: HeavyRequest): Promise<number> {
  const counts: number[] = [];
  while (counts.length < ROUNDS) counts.push(await cpuMsOf(request));
  return quantileOf(counts, 0.5);
}

async function measureFamily({ name, sizeMax, request }: Family): Promise<number> {
  let [ratioMax, before, dearest] = [0, 0, 0];
  for (let size = Math.max(1, Math.floor(sizeMax / 16)); size <= sizeMax; size *= 2) {
    const cpu = await medianCpuMsOf(request(size));
    if (before >= COMPARED_MS_MIN) ratioMax = Math.max(ratioMax, cpu / before);
    before = cpu;
    dearest = Math.max(dearest, cpu);
  }
  const ratio = ratioMax === 0 ? '   -' : ratioMax.toFixed(1).padStart(4);
  process.stdout.write(`${dearest.toFixed(0).padStart(6)} ms  ${ratio} times  ${name}\n`);
  return ratioMax;
}

// Nest would log an error for each request, as nothing is resolved.
Logger.overrideLogger(false);
const requests = new RandomRequests(new SeededRandom(SEED), PARTS_MAX);
const counts: number[] = [];
for (let i = 0; i < DOCUMENTS; i += 1) counts.push(await cpuMsOf(requests.next()));
const [median, slow, most] = [0.5, 0.99, 1].map((share) => quantileOf(counts, share).toFixed(1));
process.stdout.write(
  `${String(DOCUMENTS)} random requests, seed ${String(SEED)}: ` +
    `CPU ${String(median)} ms (median), ${String(slow)} ms (99 %), ` +
    `${String(most)} ms (most; aim ${String(MS_AIM)})\n\n` +
    'The dearest size of each kind, and what doubling the size costs at most ' +
    `(aim ${String(RATIO_AIM)}):\n`,
);
for (const family of FAMILIES) await measureFamily(family);
