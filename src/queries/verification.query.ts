import { Query } from '@nestjs/cqrs';
import type { VerificationReport } from '../ports/projection-control.js';

/**
 * Compares a read model with what the log gives; NOT_FOUND if there is no such projection, CONFLICT
 * while another one is verified.
 */
export class VerificationQuery extends Query<VerificationReport> {
  constructor(readonly projection: string) {
    super();
  }
}
