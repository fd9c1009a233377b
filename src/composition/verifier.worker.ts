import { parentPort, workerData } from 'node:worker_threads';
import type { ProjectionOrders } from '../ports/projection-administration.js';
import { lowerThreadPriority } from '../threads/thread-priority.js';
import { answerCalls } from '../threads/worker-call.js';
import { verifyStores } from './verification.js';
import type { VerifierData } from './workers.js';

/** The thread that verifies one read model at a time. */
if (parentPort !== null) {
  const port = parentPort;
  lowerThreadPriority();
  answerCalls<Pick<ProjectionOrders, 'verify'>>(
    port,
    { verify: ({ name }) => verifyStores({ ...(workerData as VerifierData), name }) },
    {
      stop: () => {
        port.close();
      },
    },
  );
}
