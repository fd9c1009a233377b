import { SetMetadata } from '@nestjs/common';
import type { Role } from './key-ring.js';

/** What a caller must hold; `nothing` leaves it open to everyone. */
export type Requirement = Role | 'nothing';

export const REQUIREMENT = 'playhead:requirement';

/**
 * States which role a resolver, a controller or one of their methods is for; a method's own word
 * counts before its class's. What states nothing is refused to everyone.
 */
export const Requires = (requirement: Requirement): ClassDecorator & MethodDecorator =>
  SetMetadata(REQUIREMENT, requirement);
