import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import {
  PROJECTION_CONTROL,
  type ProjectionControl,
  type VerificationReport,
} from '../ports/projection-control.js';
import { VerificationQuery } from './verification.query.js';

@QueryHandler(VerificationQuery)
export class VerificationHandler implements IQueryHandler<VerificationQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  async execute({ projection }: VerificationQuery): Promise<VerificationReport> {
    const name = this.control.progress().find((one) => one.name === projection)?.name;
    if (name === undefined) throw new PlayheadError('NOT_FOUND', 'there is no such projection');
    return this.control.verify(name);
  }
}
