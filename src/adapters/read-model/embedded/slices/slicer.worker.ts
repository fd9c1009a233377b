import { parentPort } from 'node:worker_threads';
import type { RetentionAnswer, SliceAnswer } from '../../../../ports/read-model/slices.js';
import { answerCalls } from '../../../../threads/worker-call.js';
import { blockBytesMax } from './block-cache.js';
import { Slicer, type RetentionRequest, type SliceRequest } from './slicer.js';

/** The functions of the thread that sums up sessions. */
export interface SlicerFunctions {
  slices(request: SliceRequest): Promise<readonly SliceAnswer[]>;
  retention(request: RetentionRequest): Promise<RetentionAnswer>;
}

if (parentPort !== null) {
  const port = parentPort;
  const slicer = new Slicer(blockBytesMax());
  answerCalls<SlicerFunctions>(
    port,
    {
      slices: async (request) => Promise.resolve(slicer.answer(request)),
      retention: async (request) => Promise.resolve(slicer.retention(request)),
    },
    {
      stop: () => {
        slicer.close();
        port.close();
      },
    },
  );
}
