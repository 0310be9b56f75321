import { isIP } from 'node:net';
import { z } from 'zod';
import { projectSettingsSchema } from '../projects/project-settings.ts';

const port = z.int().min(0).max(65_535);
const endpoint = z.string().regex(/^.+:\d{1,5}$/, 'must be host:port');
const MAX_PID = 2_147_483_647;

const project = z.strictObject({
  pid: z.int().min(1).max(MAX_PID),
  secret: z.string().min(1).max(256),
  settings: projectSettingsSchema.optional(),
});

/** The whole configuration of a server. Defaults, a YAML file, environment variables and flags fill it, in that order. */
export const serverConfigSchema = z.strictObject({
  /** Address that every port listens on. */
  host: z.string().min(1).default('127.0.0.1'),
  /** Folder of the embedded database and of generated keys. */
  dataDirectory: z.string().min(1).default('./data'),
  /** An external PostgreSQL; absent means the embedded one below the data folder. */
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How long a stopping server waits for calls in progress, in milliseconds. */
  drainTimeoutMs: z.int().nonnegative().default(10_000),
  serverGate: z
    .strictObject({
      /** 0 takes a free port. */
      port: port.default(13_315),
      /** Largest packet accepted, headers included. */
      packetMaxBytes: z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024)
        .default(8 * 1024 * 1024),
      /** A connection without traffic for this long is closed; 0 never. */
      idleTimeoutMs: z.int().nonnegative().default(60_000),
      connectionsMax: z.int().positive().default(50_000),
      /** A connection that leaves more than this unread is closed. */
      outputMaxBytes: z
        .int()
        .min(64 * 1024)
        .default(8 * 1024 * 1024),
      /** The curve of the key pair that clients may encrypt with. */
      curve: z.enum(['secp256k1', 'secp256r1']).default('secp256k1'),
    })
    .prefault({}),
  clientGate: z
    .strictObject({
      /** FPNN over TCP and WebSocket; 0 takes a free port. */
      port: port.default(13_321),
      /** The same over TLS. */
      tlsPort: port.default(13_322),
      /** Certificate and key in PEM form. Without them a self-signed one is made in the data folder. */
      certFile: z.string().optional(),
      keyFile: z.string().optional(),
      /** How often these files are looked at for a renewed certificate. */
      certificateCheckMs: z.int().min(100).default(10_000),
      packetMaxBytes: z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024)
        .default(8 * 1024 * 1024),
      connectionsMax: z.int().positive().default(50_000),
      /** A connection that leaves more than this unread is closed; its user finds what it missed in history. */
      outputMaxBytes: z
        .int()
        .min(64 * 1024)
        .default(8 * 1024 * 1024),
      /** A connection that has not logged in for so long is closed. */
      loginTimeoutMs: z.int().min(1000).default(15_000),
      /** How often sessions are pinged. SDKs take more than 60 s without a ping for a lost connection. */
      pingIntervalMs: z.int().min(1000).max(40_000).default(25_000),
      /** A session that leaves a ping unanswered for so long is closed. */
      pongTimeoutMs: z.int().min(1000).default(60_000),
    })
    .prefault({}),
  rtcGate: z
    .strictObject({
      /** Where browsers bring their offers, over TLS with the certificate of the client gate. */
      port: port.default(13_706),
      /** The same without TLS, for pages on this machine and for a proxy that ends TLS. */
      plainPort: port.default(13_707),
      /** `host:port` that clients are told instead of `host` and the port, for a server behind a public address. */
      endpoint: endpoint.optional(),
      connectionsMax: z.int().positive().default(10_000),
      /** Offers of one address in a minute; more are refused. 0 is no limit. A page makes one for each member it plays. */
      offersPerMinuteMax: z.int().nonnegative().default(3000),
    })
    .prefault({}),
  mediaGate: z
    .strictObject({
      /** Where native clients send and get voice and video. */
      port: port.default(13_702),
      /** `host:port` that clients are told instead of `host` and the port, for a server behind a public address. */
      endpoint: endpoint.optional(),
      connectionsMax: z.int().positive().default(10_000),
    })
    .prefault({}),
  media: z
    .strictObject({
      /** Processes that carry the media of browsers; a core each is of use. 0: no media for browsers. */
      workers: z.int().min(0).max(256).default(1),
      /** UDP port of the first process; each of the others takes the next. 0 takes free ones. */
      portBase: port.default(13_700),
      /** IP address under which browsers reach this host, when it is not its own. */
      publicAddress: z
        .string()
        .refine((text) => isIP(text) !== 0, 'must be an IP address')
        .optional(),
      /** What a publisher is asked to send at most, in bits per second. */
      bitrateMaxBps: z.int().min(300_000).max(50_000_000).default(2_500_000),
      turn: z
        .strictObject({
          /** Where the TURN server is, as `turn:host:port` or `turns:host:port?transport=tcp`. */
          urls: z
            .array(z.string().regex(/^turns?:.+/, 'must start with turn: or turns:'))
            .max(16)
            .default([]),
          /** What it shares with this server (`static-auth-secret` of coturn). */
          secret: z.string().min(1).max(256).optional(),
          /** How long the credentials are good that clients get. */
          ttlSeconds: z.int().min(60).max(2_592_000).default(86_400),
        })
        .refine(({ urls, secret }) => urls.length === 0 || secret !== undefined, 'needs a secret for its urls')
        .prefault({}),
    })
    .prefault({}),
  fileGate: z
    .strictObject({
      /** FPNN over TCP and WebSocket, for native SDKs; 0 takes a free port. */
      port: port.default(13_316),
      /** The same, where browser SDKs look for it: on the host `fileproxy-<host of the client gate>`. */
      webSocketPort: port.default(13_461),
      /** The same over TLS, with the certificate of the client gate. */
      webSocketTlsPort: port.default(13_462),
      /** HTTP, from where files are downloaded. */
      downloadPort: port.default(13_317),
      /** The host that SDKs are told; absent: `host`. */
      publicHost: z.string().min(1).optional(),
      /** What the addresses of files begin with; absent: http, the public host and the download port. */
      publicUrl: z
        .string()
        .regex(/^https?:\/\/[^/?#]+[^?#]*$/, 'must be an http or https address')
        .optional(),
      /** Largest packet accepted: a file with its attrs and headers. */
      packetMaxBytes: z
        .int()
        .min(1024)
        .max(64 * 1024 * 1024)
        .default(8 * 1024 * 1024),
      /**
       * Memory that packets take which are not whole yet, on each port. Past it the connection whose packet began first is
       * closed.
       */
      partialInputMaxBytes: z
        .int()
        .min(1024 * 1024)
        .default(256 * 1024 * 1024),
      /** Of each port. */
      connectionsMax: z.int().positive().default(2000),
      /** SDKs keep a connection for 150 s. */
      idleTimeoutMs: z.int().nonnegative().default(180_000),
      /** Files being checked and stored at once; more are refused with 20011. */
      uploadsMax: z.int().positive().default(64),
      /** Connections that download. */
      downloadsMax: z.int().positive().default(1000),
      /** A download that takes longer is broken off; the client can ask for the rest. */
      downloadTimeoutMs: z.int().min(1000).default(600_000),
    })
    .prefault({}),
  fileStore: z
    .strictObject({
      /** How long a file is kept that no message names: longer than any send takes. */
      orphanKeepMs: z.int().min(1000).default(600_000),
      /** A bucket instead of the data folder. */
      s3: z
        .strictObject({
          endpoint: z.string().regex(/^https?:\/\//, 'must be an http or https address'),
          region: z.string().min(1).default('us-east-1'),
          bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
          prefix: z
            .string()
            .regex(/^([\w-]+\/)*$/, 'must be folder names, each with a / behind it')
            .default(''),
          accessKeyId: z.string().min(1),
          secretAccessKey: z.string().min(1),
        })
        .optional(),
    })
    .prefault({}),
  /** HTTP: health, metrics. */
  admin: z.strictObject({ port: port.default(13_380) }).prefault({}),
  database: z
    .strictObject({
      /** Connections that write. More than four only help on machines with many cores. */
      writers: z.int().min(2).max(64).default(4),
      /** Connections that read. */
      readers: z.int().min(1).max(64).default(4),
      /** Settings of the embedded PostgreSQL, over our own. */
      settings: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  /** How often retention looks for messages to remove, in milliseconds. */
  retentionIntervalMs: z.int().min(1000).default(60_000),
  /** Projects that must exist, with these secrets. A project with settings gets exactly these. */
  projects: z.array(project).default([]),
});

/** Checked configuration with every default filled in. */
export type ServerConfig = z.output<typeof serverConfigSchema>;
/** Configuration as a person writes it. */
export type ServerConfigInput = z.input<typeof serverConfigSchema>;
