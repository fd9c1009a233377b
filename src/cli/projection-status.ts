import type { Remote } from './remote.js';

/** A read model as the API tells of it. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly position: string;
  readonly lagSeconds: number;
  readonly lagEvents: number | null;
  readonly parkedEvents: number;
  readonly rebuildProgress: number | null;
  readonly rebuildEventsPerSecond: number | null;
  readonly rebuildTimeLeft: number | null;
  readonly lastRebuild: {
    readonly outcome: string;
    readonly at: string;
    readonly detail: string;
  } | null;
  readonly canRollBack: boolean;
  readonly generation: number | null;
  readonly owner: string | null;
  readonly lastAppliedAt: string | null;
}

const STATUS = `name version state position lagSeconds lagEvents parkedEvents rebuildProgress
  rebuildEventsPerSecond rebuildTimeLeft lastRebuild { outcome at detail } canRollBack generation
  owner lastAppliedAt`;

export const statusesOf = (remote: Remote): Promise<readonly ProjectionStatus[]> =>
  remote.ask(`{ projections { ${STATUS} } }`, {});

/** Mutations of one projection that answer with its status. */
type Order = 'rebuildProjection' | 'cancelRebuild' | 'rollBackProjection';

export const order = (remote: Remote, what: Order, name: string): Promise<ProjectionStatus> =>
  remote.ask(`mutation($name: String!) { ${what}(name: $name) { ${STATUS} } }`, { name });

export const retryParked = (remote: Remote, projection: string): Promise<ProjectionStatus> =>
  remote.ask(
    `mutation($projection: String!) { retryParkedEvents(projection: $projection) { ${STATUS} } }`,
    { projection },
  );

export const skipParked = (
  remote: Remote,
  given: { readonly projection: string; readonly id: string; readonly reason: string },
): Promise<ProjectionStatus> =>
  remote.ask(
    `mutation($projection: String!, $id: ID!, $reason: String!) {
      skipParkedEvent(projection: $projection, id: $id, reason: $reason) { ${STATUS} } }`,
    given,
  );
