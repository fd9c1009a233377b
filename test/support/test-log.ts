import { CryptoIdentity } from '../../src/adapters/system/crypto-identity.js';
import { StreamNames } from '../../src/commands/stream-names.js';
import type { EventLog } from '../../src/ports/event-store.js';
import { LogVocabulary } from '../../src/ports/log-vocabulary.js';

export const testIdentity = new CryptoIdentity('a viewer secret for tests');
export const testNames = new StreamNames('playhead-', testIdentity);

/** What a log of the tests announces. */
export const testVocabulary = (log: EventLog): LogVocabulary =>
  new LogVocabulary(log, testNames.meta());
