import fc from 'fast-check';
import type { MediaDescription } from '../../src/domain/event.js';
import { media, type RegisterMedia } from '../../src/domain/media.js';
import { Story } from '../support/given-when-then.js';
import { NOON } from '../support/playback.js';

const register = (description: MediaDescription, now = NOON): RegisterMedia => ({
  mediaId: 'm1',
  description,
  now,
});

const film = { title: 'A film', thumbnail: 'https://example.org/a.jpg', durationMs: 5_400_000 };
const nothingYet = new Story(media);

describe('a media item', () => {
  it('is registered with what is said of it, now', () => {
    nothingYet.when(register(film)).thenExactly({
      type: 'media_registered',
      data: { mediaId: 'm1', occurredAt: NOON, ...film },
    });
  });

  it('may have a title alone', () => {
    nothingYet.when(register({ title: 'A film' })).thenExactly({
      type: 'media_registered',
      data: { mediaId: 'm1', occurredAt: NOON, title: 'A film' },
    });
  });

  it('registered again in the same words stays as it is', () => {
    nothingYet
      .given(register(film))
      .when(register(film, NOON + 1))
      .thenNothing();
  });

  it.each([
    ['another title', { ...film, title: 'Another film' }],
    ['another thumbnail', { ...film, thumbnail: 'https://example.org/b.jpg' }],
    ['another duration', { ...film, durationMs: 1 }],
    ['no thumbnail', { title: film.title, durationMs: film.durationMs }],
    ['no duration', { title: film.title, thumbnail: film.thumbnail }],
  ])('registered again with %s is replaced', (_, other) => {
    const story = nothingYet.given(register(film));
    story.when(register(other, NOON + 1)).then('media_registered', {
      title: other.title,
      thumbnail: 'thumbnail' in other ? other.thumbnail : undefined,
      durationMs: 'durationMs' in other ? other.durationMs : undefined,
      occurredAt: NOON + 1,
    });
    story.given(register(other)).when(register(other)).thenNothing();
  });

  it('may be given back its former words', () => {
    const other = { title: 'Another film' };
    const story = nothingYet.given(register(film), register(other));
    story.when(register(film)).then('media_registered', { title: film.title });
  });

  it('whatever was registered before, registered twice is registered once', () => {
    const descriptions = fc.record(
      { title: fc.constantFrom('a', 'b'), durationMs: fc.constantFrom(0, 1) },
      { requiredKeys: ['title'] },
    );
    fc.assert(
      fc.property(fc.array(descriptions), descriptions, (history, last) => {
        const story = nothingYet.given(...history.map((one) => register(one)), register(last));
        story.when(register(last)).thenNothing();
      }),
    );
  });
});
