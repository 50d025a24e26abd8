/** Which server has the keys. Every topology comes down to one connection to one server, since all keys of a store are in one slot. */
import {
  ConnectionLostError,
  RedisConnection,
  type ConnectionOptions,
  type Deadline,
  type Redis,
  type RedisReply,
} from './connection.js';
import type { RedisNode, RedisSettings, TlsSocketOptions } from './settings.js';

export interface FindOptions {
  readonly redis: Redis;
  readonly settings: RedisSettings;
  readonly tls: TlsSocketOptions | undefined;
  /** Ends a connection that is being made. */
  readonly signal: AbortSignal;
}

/** @throws ErrorReply or ConnectionLostError, that of the last server that was asked. */
export async function connectToPrimary(options: FindOptions, deadline: Deadline): Promise<RedisConnection> {
  const { nodes, topology } = options.settings;
  let failure: unknown;
  for (const [index, node] of nodes.entries()) {
    // One that swallows everything must not use up the time of the others.
    const restMs = Math.max(0, deadline - performance.now());
    const nodeDeadline = performance.now() + restMs / (nodes.length - index);
    try {
      if (topology === 'cluster') return await askCluster(options, node, nodeDeadline);
      if (topology === 'sentinel') return await askSentinel(options, node, nodeDeadline);
      return await RedisConnection.connect(toServer(options, node), nodeDeadline);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The connection to the node that owns the slot of the prefix. */
async function askCluster(options: FindOptions, seed: RedisNode, deadline: Deadline): Promise<RedisConnection> {
  const { redis, settings } = options;
  const connection = await RedisConnection.connect(toServer(options, seed), deadline);
  try {
    const questions = [
      ['CLUSTER', 'KEYSLOT', settings.prefix],
      ['CLUSTER', 'SLOTS'],
    ];
    const [slot, ranges] = await connection.send(questions, deadline);
    for (const reply of [slot, ranges]) if (reply instanceof redis.ErrorReply) throw reply;
    const owner = ownerOf(Number(slot), ranges);
    if (owner === undefined)
      throw new redis.ErrorReply('CLUSTERDOWN no node of the cluster has the slot of the prefix');
    const node = { host: owner.host === '' ? seed.host : owner.host, port: owner.port };
    if (node.host === seed.host && node.port === seed.port) return connection;
    connection.drop(new Error('another node has the slot'));
    return await RedisConnection.connect(toServer(options, node), deadline);
  } catch (error) {
    connection.drop(new Error('the cluster did not say which node has the slot'));
    throw error;
  }
}

/** From the reply of CLUSTER SLOTS: `[first slot, last slot, [host of the primary, port, …], …replicas]` for each range. */
function ownerOf(slot: number, ranges: RedisReply | undefined): RedisNode | undefined {
  for (const range of listOf(ranges)) {
    const [first, last, primary] = listOf(range);
    if (!(Number(first) <= slot && slot <= Number(last))) continue;
    const [host, port] = listOf(primary);
    const name = Buffer.isBuffer(host) ? host.toString() : '';
    // A node that does not know its own name says so.
    return { host: name === '?' ? '' : name, port: Number(port) };
  }
  return undefined;
}

/** The connection to the primary that a sentinel names, once that one says it is. */
async function askSentinel(options: FindOptions, sentinel: RedisNode, deadline: Deadline): Promise<RedisConnection> {
  const { redis, settings } = options;
  const toSentinel = { ...toServer(options, sentinel), credentials: settings.sentinelCredentials, database: 0 };
  const asked = await RedisConnection.connect(toSentinel, deadline);
  let reply: RedisReply | undefined;
  try {
    [reply] = await asked.send([['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', settings.masterName]], deadline);
  } finally {
    asked.drop(new Error('the sentinel was asked'));
  }
  if (reply instanceof redis.ErrorReply) throw reply;
  const [host, port] = listOf(reply);
  if (!Buffer.isBuffer(host) || !Buffer.isBuffer(port))
    throw new redis.ErrorReply(`IDONTKNOW the sentinel knows no primary named "${settings.masterName}"`);
  const primary = await RedisConnection.connect(
    toServer(options, { host: host.toString(), port: Number(port.toString()) }),
    deadline,
  );
  if ((await roleOf(primary, redis, deadline)) !== 'slave') return primary;
  // A failover is under way: what is written to the old primary would be lost.
  primary.drop(new Error('it is a replica'));
  throw new ConnectionLostError('the sentinels name a server that is no primary yet', { wasSent: false });
}

/** `master` or `slave`; undefined where the server does not tell, since the user may not ask. */
export async function roleOf(
  connection: RedisConnection,
  redis: Redis,
  deadline: Deadline,
): Promise<string | undefined> {
  const [reply] = await connection.send([['ROLE']], deadline);
  if (reply instanceof redis.ErrorReply) return undefined;
  const [role] = listOf(reply);
  return Buffer.isBuffer(role) ? role.toString() : undefined;
}

const toServer = ({ redis, settings, tls, signal }: FindOptions, node: RedisNode): ConnectionOptions => ({
  redis,
  node,
  tls,
  signal,
  credentials: settings.credentials,
  database: settings.database,
});

const listOf = (reply: RedisReply | undefined): readonly RedisReply[] =>
  Array.isArray(reply) ? (reply as RedisReply[]) : [];
