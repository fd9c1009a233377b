import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  PROJECTION_CONTROL,
  projectionNamed,
  type ProjectionControl,
  type VerificationReport,
} from '../ports/projection-control.js';
import { VerificationQuery } from './verification.query.js';

@QueryHandler(VerificationQuery)
export class VerificationHandler implements IQueryHandler<VerificationQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  async execute({ projection }: VerificationQuery): Promise<VerificationReport> {
    return this.control.verify(projectionNamed(this.control, projection));
  }
}
