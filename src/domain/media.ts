import type { Decider } from './decider.js';
import type { MediaDescription, MediaRegistered } from './event.js';

/** A media item that is registered. */
interface RegisteredMedia {
  readonly description: MediaDescription;
  /** The time of the first registration, in epoch milliseconds. */
  readonly registeredAt: number;
}

/** The registration of a media item, if it has one. */
export type Media = RegisteredMedia | undefined;

export interface RegisterMedia {
  readonly mediaId: string;
  readonly description: MediaDescription;
  readonly now: number;
}

function decide(media: Media, command: RegisterMedia): readonly MediaRegistered[] {
  const { mediaId, description, now } = command;
  if (media !== undefined && isSame(media.description, description)) return [];
  return [{ type: 'media_registered', data: { mediaId, ...description, occurredAt: now } }];
}

function isSame(a: MediaDescription, b: MediaDescription): boolean {
  return a.title === b.title && a.thumbnail === b.thumbnail && a.durationMs === b.durationMs;
}

/** The decider of one media item; another registration replaces the one before. */
export const media: Decider<Media, RegisterMedia, MediaRegistered> = {
  initialState: undefined,
  decide,
  evolve: (media, { data: { title, thumbnail, durationMs, occurredAt } }) => ({
    description: {
      title,
      ...(thumbnail !== undefined && { thumbnail }),
      ...(durationMs !== undefined && { durationMs }),
    },
    registeredAt: Math.min(media?.registeredAt ?? occurredAt, occurredAt),
  }),
};
