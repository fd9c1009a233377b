import { parentPort, workerData } from 'node:worker_threads';
import { answerTo } from './answers.js';
import { giveWay } from './give-way.js';
import { verifyStores, type VerificationOrder } from './verification.js';

/** Verifies one read model, answers, and ends. */
if (parentPort !== null) {
  giveWay();
  parentPort.postMessage(await answerTo(() => verifyStores(workerData as VerificationOrder)));
}
