import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq } from '@eventstore/db-client/generated/streams_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import {
  Metadata,
  Server,
  ServerCredentials,
  type StatusObject,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { serveBatchAppend, type BatchAppendCall } from './batch-append.js';
import { DoubleLog } from './double-log.js';
import { Faults } from './faults.js';
import { serveRead, type ReadCall } from './read.js';
import { notLeader, notReady, unauthenticated, type Endpoint } from './statuses.js';

const HOST = '127.0.0.1';
const ANY_PORT = 0;
/** As large as the real server takes. */
const MESSAGE_BYTES_MAX = 17 * 2 ** 20;
/** The client does without; its successor, which a benchmark reads with, does not connect then. */
const SERVER_VERSION = '25.1.3';

export interface DoubleOptions {
  readonly port?: number;
  /** Shared by the nodes of a cluster. */
  readonly log?: DoubleLog;
  /** PEM; without it the double speaks plain HTTP/2. */
  readonly tls?: {
    readonly key: Buffer;
    readonly cert: Buffer;
    /** Whose certificates clients must show; without it they need none. */
    readonly clientAuthority?: Buffer;
  };
  /** Who may; without it everybody. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Whether others write between our events. */
  readonly hasNeighbours?: boolean;
}

/**
 * A double of an EventStoreDB node, for tests: the services that the client uses, over a log in
 * memory, with faults on demand. Not a server to keep anything in.
 */
export class EventStoreDbDouble {
  readonly log: DoubleLog;
  readonly faults = new Faults();
  /** Where the leader is, if it is not this node. */
  leader: Endpoint | undefined;
  port: number;
  /** How many calls for appends were begun. */
  appendCalls = 0;
  /** How many reads it was to filter, as the successor has it do. */
  filteredReads = 0;
  /** The reads and subscriptions that are open. */
  readonly openReads = new Set<ReadCall>();
  /** Of how many messages their appends were. */
  appendMessages = 0;
  /** How often it was asked for the nodes of its cluster. */
  gossipCalls = 0;
  /** Whether it leaves that question unanswered. */
  isGossipStuck = false;
  /** Whether its answers say when they were written, as those of every real server do. */
  hasDate = true;
  private server: Server | undefined;

  private constructor(private readonly options: DoubleOptions) {
    this.log = options.log ?? new DoubleLog();
    this.port = options.port ?? ANY_PORT;
  }

  static async start(options: DoubleOptions = {}): Promise<EventStoreDbDouble> {
    const double = new EventStoreDbDouble(options);
    await double.up();
    return double;
  }

  /** Where it listens; the same port after it was down. */
  get endpoint(): Endpoint {
    return { host: HOST, port: this.port };
  }

  get url(): string {
    return `esdb://${HOST}:${String(this.port)}?tls=false`;
  }

  /** Listens, with the log as it was left. */
  async up(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
    server.addService(StreamsService, this.streams());
    server.addService(ServerFeaturesService, { getSupportedMethods: this.supportedMethods });
    server.addService(GossipService, { read: this.members });
    const { tls } = this.options;
    const credentials =
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(
            tls.clientAuthority ?? null,
            [{ private_key: tls.key, cert_chain: tls.cert }],
            tls.clientAuthority !== undefined,
          );
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${HOST}:${String(this.port)}`, credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    this.server = server;
  }

  /** Gone at once, with all connections, as when it is killed. */
  down(): void {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  private streams(): Record<string, UntypedHandleCall> {
    const read = (call: ReadCall): void => {
      this.openReads.add(call);
      // The double ends it, or the client does.
      call.on('finish', () => this.openReads.delete(call));
      call.on('cancelled', () => this.openReads.delete(call));
      if (this.refuse(call)) return;
      call.sendMetadata(this.head());
      if (call.request.getOptions()?.hasFilter() === true) this.filteredReads += 1;
      serveRead(call, this.log, this.faults).catch((error: unknown) => call.emit('error', error));
    };
    const batchAppend = (call: BatchAppendCall): void => {
      if (this.refuse(call)) return;
      this.appendCalls += 1;
      const onStored = (stream: string): void => {
        if (this.options.hasNeighbours === true) this.log.appendNeighbour(stream);
      };
      const refusal = (): StatusObject | undefined => this.refusalOf(call.metadata);
      const onMessage = (): void => {
        this.appendMessages += 1;
      };
      const { log, faults } = this;
      serveBatchAppend(call, { log, faults, refusal, onMessage, onStored });
    };
    return {
      read,
      batchAppend,
      delete: deleting(new streams.DeleteResp(), (stream) => {
        this.log.cutOffBefore(stream);
      }),
      tombstone: deleting(new streams.TombstoneResp(), (stream) => {
        this.log.tombstone(stream);
      }),
    };
  }

  /** The date is by the server's clock, cut to the second. */
  private head(): Metadata {
    const head = new Metadata();
    head.set('date', this.hasDate ? new Date(this.log.now()).toUTCString() : 'unknown');
    return head;
  }

  private refuse(call: ReadCall | BatchAppendCall): boolean {
    const refusal = this.refusalOf(call.metadata);
    if (refusal !== undefined) call.emit('error', refusal);
    return refusal !== undefined;
  }

  private refusalOf(metadata: Metadata): StatusObject | undefined {
    const { user } = this.options;
    if (user !== undefined) {
      const expected = Buffer.from(`${user.name}:${user.password}`).toString('base64');
      if (metadata.get('authorization')[0] !== `Basic ${expected}`) return unauthenticated();
    }
    if (this.faults.lostFollowers === 'gave-up') return notReady();
    const isForLeader = metadata.get('requires-leader')[0] === 'true';
    return isForLeader && this.leader !== undefined ? notLeader(this.leader) : undefined;
  }

  private readonly supportedMethods: UntypedHandleCall = ((
    _: unknown,
    answer: (error: null, methods: unknown) => void,
  ): void => {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams').setMethodName('batchappend');
    const methods = new features.SupportedMethods();
    methods.addMethods(method);
    methods.setEventStoreServerVersion(SERVER_VERSION);
    answer(null, methods);
  }) as UntypedHandleCall;

  private readonly members: UntypedHandleCall = ((
    _: unknown,
    answer: (error: null, cluster: unknown) => void,
  ): void => {
    this.gossipCalls += 1;
    if (this.isGossipStuck) return;
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const cluster = new gossip.ClusterInfo();
    const add = ({ host, port }: Endpoint, state: typeof LEADER | typeof FOLLOWER): void => {
      const endpoint = new gossip.EndPoint().setAddress(host).setPort(port);
      const member = new gossip.MemberInfo().setState(state).setIsAlive(true);
      cluster.addMembers(member.setHttpEndPoint(endpoint).setTimeStamp('0'));
    };
    add(this.endpoint, this.leader === undefined ? LEADER : FOLLOWER);
    if (this.leader !== undefined) add(this.leader, LEADER);
    answer(null, cluster);
  }) as UntypedHandleCall;
}

/** Requests of both kinds of deletes look alike. */
const deleting = (response: unknown, act: (stream: string) => void): UntypedHandleCall =>
  ((call: { request: DeleteReq }, answer: (error: null, response: unknown) => void): void => {
    const name = call.request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8() ?? [];
    act(Buffer.from(name).toString('utf8'));
    answer(null, response);
  }) as UntypedHandleCall;
