import { parentPort } from 'node:worker_threads';
import type { LiveSums } from '../../../../domain/figures/live-sums.js';
import type { ListedSession } from '../../../../ports/read-model/session-list.js';
import type { RetentionAnswer, SliceAnswer } from '../../../../ports/read-model/slices.js';
import { lowerThreadPrioritySlightly } from '../../../../threads/thread-priority.js';
import { answerCalls } from '../../../../threads/worker-call.js';
import { blockBytesMax } from './block-cache.js';
import {
  Slicer,
  type LiveRequest,
  type RetentionRequest,
  type SessionListRequest,
  type SliceRequest,
} from './slicer.js';

/** The functions of the thread that sums up and lists sessions. */
export interface SlicerFunctions {
  slices(request: SliceRequest): Promise<readonly SliceAnswer[]>;
  retention(request: RetentionRequest): Promise<RetentionAnswer>;
  sessions(request: SessionListRequest): Promise<readonly ListedSession[]>;
  live(request: LiveRequest): Promise<readonly LiveSums[]>;
}

if (parentPort !== null) {
  // Whoever sums up sessions can wait for those who report and ask for less.
  lowerThreadPrioritySlightly();
  const port = parentPort;
  const slicer = new Slicer(blockBytesMax());
  answerCalls<SlicerFunctions>(
    port,
    {
      slices: async (request) => Promise.resolve(slicer.answer(request)),
      retention: async (request) => Promise.resolve(slicer.retention(request)),
      sessions: async (request) => Promise.resolve(slicer.list(request)),
      live: async (request) => Promise.resolve(slicer.live(request)),
    },
    {
      stop: () => {
        slicer.close();
        port.close();
      },
    },
  );
}
