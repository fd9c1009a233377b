import { badInput } from '../../domain/errors.js';
import { linesOf, textOf } from '../http/request-body.js';

/** How a body lists its events; text may be either. */
type Form = 'array' | 'lines' | 'either';

export const EVENT_FORMS: Readonly<Record<string, Form>> = {
  'application/json': 'array',
  'application/x-ndjson': 'lines',
  /** What navigator.sendBeacon sends without asking first. */
  'text/plain': 'either',
};

/** An event as its body holds it: in JSON, or a line of which it is not known whether it is. */
export type Element = { readonly json: unknown } | { readonly line: string };

/** The elements of a body; BAD_USER_INPUT if it does not list any. */
export function elementsOf(body: Buffer, form: Form): readonly Element[] {
  const text = textOf(body);
  const whole = form === 'lines' ? undefined : parse(text);
  if (Array.isArray(whole)) return whole.map((json: unknown) => ({ json }));
  if (typeof whole === 'object' && whole !== null) return [{ json: whole }];
  const isArray = form === 'array' || (form === 'either' && text.trimStart().startsWith('['));
  if (!isArray) return linesOf(text).map((line) => ({ line }));
  const rule = whole === undefined ? 'must be JSON' : 'must be an array of events, or one event';
  throw badInput('body', rule);
}

/** What an element is in JSON; undefined if it is none. */
export const jsonOf = (element: Element): unknown =>
  'line' in element ? parse(element.line) : element.json;

/** Undefined, which JSON does not have, stands for what is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
