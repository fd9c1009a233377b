import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

/** A node of the cluster that the double belongs to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const failure = (code: status, details: string, trailers: Record<string, string>): StatusObject => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
};

export const accessDenied = (): StatusObject =>
  failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const streamDeleted = (stream: string): StatusObject =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const unauthenticated = (): StatusObject =>
  failure(status.UNAUTHENTICATED, 'Bad HTTP status: 401', {});

/** What a node answers that neither leads nor follows. */
export const notReady = (): StatusObject =>
  failure(status.UNAVAILABLE, 'Server Is Not Ready', { exception: 'node-not-ready' });

export const notLeader = ({ host, port }: Endpoint): StatusObject =>
  failure(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
