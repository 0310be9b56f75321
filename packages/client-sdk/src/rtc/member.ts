/** `owner` appoints administrators; both may give commands to members. */
export type RtcRole = 'owner' | 'administrator' | 'member';

/** A member of a room as it is at one moment; a change makes a new object. */
export type RtcMember = {
  readonly uid: bigint;
  /** The user of this client. */
  readonly isOwn: boolean;
  readonly role: RtcRole;
  readonly isMicrophoneOpen: boolean;
  readonly isCameraOpen: boolean;
  /** An administrator or the back end forbade it to send audio; the server passes none on. */
  readonly isAudioForbidden: boolean;
  /** As `isAudioForbidden`, for video. */
  readonly isVideoForbidden: boolean;
  /** This client does not want to hear it; nobody else notices. */
  readonly isVoiceBlocked: boolean;
  /** This client does not want to see it, which saves its bandwidth. */
  readonly isVideoBlocked: boolean;
};

/** A kind of media and the device that makes it. */
export type DeviceKind = 'microphone' | 'camera';
