import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../threads/thread-priority.js';
import type { VerifierFunctions } from '../threads/verifier-thread.js';
import { answerCalls } from '../threads/worker-call.js';
import { verifyStores } from './verification.js';
import type { VerifierData } from './workers.js';

/** Verifies one read model at a time. */
if (parentPort !== null) {
  const port = parentPort;
  lowerThreadPriority();
  answerCalls<VerifierFunctions>(
    port,
    { verify: ({ name }) => verifyStores({ ...(workerData as VerifierData), name }) },
    {
      stop: () => {
        port.close();
      },
    },
  );
}
