import type { MediaEngine, PlayRequest, PublishRequest } from '@parley/media';
import type { BrowserContext, Page } from 'playwright-core';

/** What a page got of somebody it plays, from its getStats. */
export type PlayedStats = {
  readonly audioPackets: number;
  readonly audioLost: number;
  readonly audioNackCount: number;
  readonly videoPackets: number;
  readonly videoLost: number;
  readonly framesDecoded: number;
  readonly keyFramesDecoded: number;
  readonly nackCount: number;
  readonly freezeSeconds: number;
  /** By how much the picture is behind the voice, as the browser sees it; undefined until it knows. */
  readonly videoDelayMs: number | undefined;
  /** How long pictures have been shown, in seconds. */
  readonly playedSeconds: number;
  readonly freezes: number;
};

/** Changes an answer on its way to the page, for instance to send its media through a relay. */
export type AnswerFilter = (answer: string) => string | Promise<string>;

/**
 * A page of a real browser that publishes and plays straight against an engine. Its signalling is two functions that the
 * page calls; nothing of a server is in between.
 */
export class MediaPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(
    context: BrowserContext,
    engine: MediaEngine,
    filterAnswer: AnswerFilter = (answer) => answer,
  ): Promise<MediaPage> {
    const page = await context.newPage();
    await page.exposeFunction('signalPublish', async (request: PublishRequest) => {
      const { answer } = await engine.publish(request);
      return await filterAnswer(answer);
    });
    await page.exposeFunction('signalPlay', async (request: PlayRequest) => {
      const { answer, player } = await engine.play(request);
      return { answer: await filterAnswer(answer), player };
    });
    await page.route('http://localhost/', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
    await page.goto('http://localhost/');
    return new MediaPage(page);
  }

  /** Publishes camera and microphone; resolves when the connection is up. */
  async publish(room: string, member: string): Promise<void> {
    await this.#call('publish', room, member);
  }

  /** Closes what was published last. */
  async unpublish(): Promise<void> {
    await this.#call('unpublish');
  }

  /** Plays a member; resolves with the player's id when the connection is up. */
  async play(room: string, member: string, viewer?: string): Promise<string> {
    return await this.#call('play', room, member, viewer);
  }

  async stopPlaying(member: string): Promise<void> {
    await this.#call('stopPlaying', member);
  }

  async stats(member: string): Promise<PlayedStats> {
    return await this.#call('stats', member);
  }

  /** Milliseconds from the call of `play` to the first decoded frame. Waits for it. */
  async firstFrameMs(member: string): Promise<number> {
    return await this.#call('firstFrame', member);
  }

  /** Waits until so many more frames have been decoded. */
  async waitForFrames(member: string, count: number): Promise<void> {
    await this.#call('waitForMore', member, 'framesDecoded', count);
  }

  /** Waits until so many more seconds of pictures have been shown. */
  async waitForPlayed(member: string, seconds: number): Promise<void> {
    await this.#call('waitForMore', member, 'playedSeconds', seconds);
  }

  async waitForAudio(member: string, count: number): Promise<void> {
    await this.#call('waitForMore', member, 'audioPackets', count);
  }

  /** Waits until the decoded voice is louder than silence. */
  async waitForSound(member: string): Promise<void> {
    await this.#call('waitForSound', member);
  }

  /** Whether two pictures, taken while frames come, differ. */
  async isMoving(member: string): Promise<boolean> {
    return await this.#call('isMoving', member);
  }

  /** The height that the publisher sends and its target, as its getStats says. */
  async sent(): Promise<{ targetBps: number; height: number; resent: number; audioResent: number; limit: string }> {
    return await this.#call('sent');
  }

  async #call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    return await this.page.evaluate<Result>(`media.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`);
  }
}

/** The page's own code. Everything that waits polls the browser's counters until they say so. */
const PAGE = `<!doctype html><body><script>
const players = new Map();
let publisher;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const connected = (connection) => new Promise((resolve, reject) => {
  const check = () => {
    if (connection.connectionState === 'connected') resolve();
    if (connection.connectionState === 'failed') reject(new Error('the connection failed'));
  };
  connection.onconnectionstatechange = check;
  check();
});
const media = {
  async publish(room, member) {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('audio', { direction: 'sendonly' });
    connection.addTransceiver('video', { direction: 'sendonly' });
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) connection.addTrack(track);
    await connection.setLocalDescription(await connection.createOffer());
    const answer = await signalPublish({ room, member, offer: connection.localDescription.sdp });
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    await connected(connection);
    publisher = connection;
  },
  unpublish() { publisher.close(); },
  async play(room, member, viewer) {
    const connection = new RTCPeerConnection();
    const startedAt = performance.now();
    const played = { connection, video: document.createElement('video') };
    players.set(member, played);
    const stream = new MediaStream();
    connection.ontrack = ({ track }) => stream.addTrack(track);
    played.video.autoplay = true;
    played.video.muted = true;
    played.video.srcObject = stream;
    document.body.append(played.video);
    played.firstFrame = new Promise((resolve) => played.video.requestVideoFrameCallback(() => resolve(performance.now() - startedAt)));
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('video', { direction: 'recvonly' });
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    const { answer, player } = await signalPlay({ room, member, viewer, offer: offer.sdp });
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    await connected(connection);
    return player;
  },
  stopPlaying(member) {
    const { connection, video } = players.get(member);
    connection.close();
    video.remove();
  },
  firstFrame(member) { return players.get(member).firstFrame; },
  async stats(member) {
    const all = [...(await players.get(member).connection.getStats()).values()];
    const audio = all.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'audio') ?? {};
    const video = all.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'video') ?? {};
    return {
      audioPackets: audio.packetsReceived ?? 0, audioLost: audio.packetsLost ?? 0, audioNackCount: audio.nackCount ?? 0,
      videoPackets: video.packetsReceived ?? 0, videoLost: video.packetsLost ?? 0,
      framesDecoded: video.framesDecoded ?? 0, keyFramesDecoded: video.keyFramesDecoded ?? 0,
      nackCount: video.nackCount ?? 0, freezeSeconds: video.totalFreezesDuration ?? 0, freezes: video.freezeCount ?? 0,
      videoDelayMs: audio.estimatedPlayoutTimestamp && video.estimatedPlayoutTimestamp
        ? audio.estimatedPlayoutTimestamp - video.estimatedPlayoutTimestamp : undefined,
      playedSeconds: video.totalInterFrameDelay ?? 0,
    };
  },
  async waitForMore(member, name, count) {
    const before = (await media.stats(member))[name];
    while ((await media.stats(member))[name] < before + count) await pause(20);
  },
  async waitForSound(member) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(players.get(member).video.srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    do {
      await pause(20);
      analyser.getFloatTimeDomainData(samples);
    } while (samples.every((sample) => Math.abs(sample) < 0.01));
    await context.close();
  },
  async isMoving(member) {
    const { video } = players.get(member);
    const sample = () => {
      const canvas = new OffscreenCanvas(64, 48).getContext('2d');
      canvas.drawImage(video, 0, 0, 64, 48);
      return canvas.getImageData(0, 0, 64, 48).data;
    };
    const first = sample();
    if (first.every((value, index) => index % 4 === 3 || value === first[index % 4])) return false;
    for (let frame = 0; frame < 60; frame += 1) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const next = sample();
      if (next.some((value, index) => Math.abs(value - first[index]) > 16)) return true;
    }
    return false;
  },
  async sent() {
    const all = [...(await publisher.getStats()).values()];
    const audio = all.find((entry) => entry.type === 'outbound-rtp' && entry.kind === 'audio');
    const video = all.find((entry) => entry.type === 'outbound-rtp' && entry.kind === 'video');
    return { targetBps: video.targetBitrate ?? 0, height: video.frameHeight, resent: video.retransmittedPacketsSent,
      audioResent: audio.retransmittedPacketsSent, limit: video.qualityLimitationReason };
  },
};
</script></body>`;
