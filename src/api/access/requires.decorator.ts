import { SetMetadata } from '@nestjs/common';
import type { Role } from './key-ring.js';

/** The role that a caller must hold; `nothing` is open to everyone. */
export type Requirement = Role | 'nothing';

export const REQUIREMENT = 'playhead:requirement';

/**
 * States the role that may use a resolver, a controller or one of their methods. A statement at a
 * method overrides that of its class. A method without any statement is refused to everyone.
 */
export const Requires = (requirement: Requirement): ClassDecorator & MethodDecorator =>
  SetMetadata(REQUIREMENT, requirement);
