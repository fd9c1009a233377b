import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { MediaRegistered } from '../domain/event.js';
import { media, type Media, type RegisterMedia } from '../domain/media.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { EVENT_STORE, type EventStore } from '../ports/event-store.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import { RegisterMediaCommand } from './register-media.command.js';
import { StreamNames } from './stream-names.js';
import { doneOf } from './command-outcome.js';
import { StreamWriter } from './stream-writer.js';

@CommandHandler(RegisterMediaCommand)
export class RegisterMediaHandler implements ICommandHandler<RegisterMediaCommand> {
  private readonly writer: StreamWriter<Media, RegisterMedia, MediaRegistered>;

  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDENTITY) identity: Identity,
    private readonly names: StreamNames,
  ) {
    this.writer = new StreamWriter<Media, RegisterMedia, MediaRegistered>({
      decider: media,
      store,
      vocabulary: new LogVocabulary(store, names.meta()),
      clock,
      identity,
      cacheWeightMax: REMEMBERED_MEDIA_MAX,
      weigh: () => 1,
    });
  }

  async execute({
    mediaId,
    description,
  }: RegisterMediaCommand): Promise<{ position: number; registeredAt: number }> {
    const command = { mediaId, description, now: this.clock.now() };
    const outcomes = await this.writer.execute({ stream: this.names.media(mediaId) }, [command]);
    const { position, state } = doneOf(outcomes);
    return { position, registeredAt: state?.registeredAt ?? command.now };
  }
}

/** Media items that are remembered, at about 1 KB each. */
const REMEMBERED_MEDIA_MAX = 10_000;
