import type { GenerationWrite } from '../../../ports/read-model/documents.js';
import { STARTED_ON } from '../../../domain/figures/session-places.js';
import type { Statements } from './statements.js';

/** Lists what is changed in a file, in the same transaction. */
export class ChangeList {
  private notes = 0;

  constructor(private readonly statements: Statements) {}

  note({ puts, deletes }: Pick<GenerationWrite, 'puts' | 'deletes'>): void {
    const sessions = puts.filter(({ indexValues }) => indexValues[STARTED_ON] !== undefined);
    const keys = [...sessions.map(({ key }) => key), ...deletes];
    if (keys.length > KEYS_MAX) this.noteAnything();
    else if (keys.length > 0) this.add(keys.length, JSON.stringify(keys));
  }

  /** Notes that anything may have changed. */
  noteAnything(): void {
    this.add(1, null);
  }

  private add(count: number, keys: string | null): void {
    const { statements } = this;
    statements.run('INSERT INTO changes SELECT max(number) + ?, ? FROM changes', count, keys);
    this.notes += 1;
    if (this.notes % NOTES_PER_CUT > 0) return;
    const last = '(SELECT max(number) FROM changes)';
    statements.run(`DELETE FROM changes WHERE number < ${last} - ?`, KEPT_KEYS);
  }
}

/** The most sessions of a commit that are listed. With more, anything counts as changed. */
const KEYS_MAX = 5_000;
/** The keys that are kept at least, about 60 bytes each. */
const KEPT_KEYS = 200_000;
/**
 * The commits between two cuts of the list. A cut at each commit would cost a small one a tenth of
 * its time.
 */
const NOTES_PER_CUT = 64;

/**
 * The sessions that commits changed, in the order of the commits. A number counts all keys up to
 * its row; no keys: anything may have changed. The oldest rows are cut off.
 */
export const CHANGES_SCHEMA = `CREATE TABLE changes(number INTEGER PRIMARY KEY, keys TEXT);
  INSERT INTO changes VALUES (0, NULL)`;

/** Says whether a file lists its changes, as do all that sessions are found in. */
export const listsChanges = (indexes: readonly string[]): boolean => indexes.includes(STARTED_ON);

/** The changes of a file since a reader looked. */
export interface Changes {
  /** The number of the last change. */
  readonly last: number;
  /** The keys of what was put or deleted; undefined: anything may have changed. */
  readonly keys: readonly string[] | undefined;
}

const SINCE = `SELECT json_array(number, json(keys)) AS line FROM changes
  WHERE number >= ? ORDER BY number`;

/** Reads the changes since a number; undefined: nothing was seen yet. */
export function changesSince(statements: Statements, number: number | undefined): Changes {
  const [last = NaN] = statements.numbers('SELECT max(number) FROM changes');
  if (number === undefined) return { last, keys: undefined };
  const [seen, ...rows] = statements.rows<[number: number, keys: string[] | null]>(SINCE, number);
  const isComplete = seen?.[0] === number && rows.every(([, keys]) => keys !== null);
  return { last, keys: isComplete ? rows.flatMap(([, keys]) => keys ?? []) : undefined };
}
