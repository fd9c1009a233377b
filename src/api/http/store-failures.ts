import { Logger } from '@nestjs/common';
import { messageWithCauses, type PlayheadError } from '../../domain/errors.js';
import { Seldom } from '../../telemetry/seldom.js';

/**
 * Logs why a store failed a request, once in a while for each reason. The client gets only the
 * error's message, which does not name the store's address.
 */
export function noteStoreFailure(error: PlayheadError): void {
  if (error.code !== 'STORE_UNAVAILABLE' || error.cause === undefined) return;
  const reason = messageWithCauses(error);
  if (seldom.may(reason)) log.warn(`${reason}; the client is told to send its request again`);
}

const log = new Logger('Stores');
const seldom = new Seldom();
