import { parentPort } from 'node:worker_threads';
import type { ListedSession } from '../../../../ports/read-model/session-list.js';
import type { RetentionAnswer, SliceAnswer } from '../../../../ports/read-model/slices.js';
import { answerCalls } from '../../../../threads/worker-call.js';
import { blockBytesMax } from './block-cache.js';
import {
  Slicer,
  type RetentionRequest,
  type SessionListRequest,
  type SliceRequest,
} from './slicer.js';

/** The functions of the thread that sums up and lists sessions. */
export interface SlicerFunctions {
  slices(request: SliceRequest): Promise<readonly SliceAnswer[]>;
  retention(request: RetentionRequest): Promise<RetentionAnswer>;
  sessions(request: SessionListRequest): Promise<readonly ListedSession[]>;
}

if (parentPort !== null) {
  const port = parentPort;
  const slicer = new Slicer(blockBytesMax());
  answerCalls<SlicerFunctions>(
    port,
    {
      slices: async (request) => Promise.resolve(slicer.answer(request)),
      retention: async (request) => Promise.resolve(slicer.retention(request)),
      sessions: async (request) => Promise.resolve(slicer.list(request)),
    },
    {
      stop: () => {
        slicer.close();
        port.close();
      },
    },
  );
}
