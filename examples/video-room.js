import { ADMIN_COMMANDS, listDevices, onDevicesChanged, ParleyRtc } from './rtc.js';
import { ParleyClient } from './sdk.js';

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
/** By uid: the tile of each member, and its name. */
const tiles = new Map();
const names = new Map();
let client;
let rtc;
let room;

// Joining

$('lobby').elements.name.value = query.get('name') ?? localStorage.getItem('name') ?? '';
$('lobby').elements.room.value = query.get('room') ?? '6001';
$('lobby').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { name, room: number, microphone, camera } = $('lobby').elements;
  const join = $('lobby').querySelector('button');
  join.disabled = true;
  $('lobby-error').textContent = '';
  localStorage.setItem('name', name.value);
  try {
    await logIn(name.value);
    room = await rtc.joinVideoRoom(Number(number.value), { microphone: microphone.checked, camera: camera.checked });
    showRoom();
  } catch (error) {
    $('lobby-error').textContent = error.message;
    join.disabled = false;
  }
});

async function logIn(name) {
  if (client !== undefined) return;
  const { rtcEndpoint, ...settings } = await (await fetch('settings.json')).json();
  const uid = Number(query.get('uid') ?? 1 + Math.floor(Math.random() * 1e9));
  client = new ParleyClient({ ...settings, uid, token: async () => (await fetch(`token?uid=${uid}`)).text() });
  rtc = new ParleyRtc(client, { endpoint: rtcEndpoint });
  client.on('message', ({ type, conversation, from, text }) => {
    if (type === 'chat' && conversation.roomId === room?.id) showMessage(from, text);
  });
  client.on('stateChange', ({ state }) => state === 'reconnecting' && showNotice('Connecting again…', 0));
  await client.login();
  await client.users.setInfo({ publicInfo: name });
  names.set(client.uid, name);
}

// The room

function showRoom() {
  $('lobby').hidden = true;
  $('room').hidden = false;
  $('title').textContent = `Room ${room.id}`;
  document.title = `Room ${room.id} – Parley`;
  $('room').classList.toggle('without-chat', matchMedia('(max-width: 900px)').matches);
  showChatState();
  room.on('memberJoined', ({ member }) => addTile(member));
  room.on('memberLeft', ({ member }) => removeTile(member.uid));
  room.on('memberChanged', ({ member }) => showMember(member));
  room.on('speaking', ({ uid, isSpeaking }) => tiles.get(uid)?.classList.toggle('speaking', isSpeaking));
  room.on('streamState', ({ uid }) => showMember(room.member(uid)));
  room.on('qualityChanged', showQuality);
  room.on('statistics', ({ statistics }) => showNumbers(statistics.get(client.uid)));
  room.on('deviceChanged', showDevices);
  room.on('replaced', () => showNotice('Your camera and microphone are used in another window now.'));
  room.on('restored', () => showNotice('Connected again.'));
  room.on('ended', showEnd);
  for (const member of room.members) addTile(member);
  for (const uid of tiles.keys()) tiles.get(uid).classList.toggle('speaking', room.isSpeaking(uid));
  showDevices({});
  showQuality({ quality: room.quality });
}

function addTile(member) {
  const tile = $('tile').content.firstElementChild.cloneNode(true);
  const video = document.createElement('video');
  // Nobody wants to hear itself.
  Object.assign(video, { autoplay: true, playsInline: true, muted: member.isOwn, srcObject: room.stream(member.uid) });
  tile.prepend(video);
  tile.classList.toggle('own', member.isOwn);
  tile.style.setProperty('--hue', Number((member.uid * 137n) % 360n));
  tile.querySelector('.menu').addEventListener('toggle', () => fillMenu(tile, member.uid));
  tiles.set(member.uid, tile);
  $('grid').append(tile);
  layOut();
  showMember(member);
  void readName(member.uid);
}

function removeTile(uid) {
  tiles.get(uid)?.remove();
  tiles.delete(uid);
  layOut();
}

/** As many columns as keep the tiles as near to 4:3 as the place allows. */
function layOut() {
  const count = tiles.size;
  const { clientWidth: width, clientHeight: height } = $('grid');
  const distance = (columns) => Math.abs(Math.log(width / columns / (height / Math.ceil(count / columns)) / (4 / 3)));
  const best = Array.from({ length: count }, (_, index) => index + 1).sort((a, b) => distance(a) - distance(b))[0] ?? 1;
  $('grid').style.setProperty('--columns', best);
  $('count').textContent = count === 1 ? 'only you' : `${count} members`;
}
new ResizeObserver(layOut).observe($('grid'));

const ROLES = { owner: 'owner', administrator: 'admin', member: '' };
const STATES = { connecting: 'Connecting…', reconnecting: 'Connecting again…', connected: '', stopped: '' };

function showMember(member) {
  const tile = member && tiles.get(member.uid);
  if (!tile) return;
  const { uid, isOwn, role, isMicrophoneOpen, isCameraOpen, isAudioForbidden, isVideoForbidden, isVoiceBlocked } =
    member;
  const name = names.get(uid) ?? `User ${uid}`;
  tile.querySelector('.name').textContent = isOwn ? `${name} (you)` : name;
  tile.querySelector('.role').textContent = ROLES[role];
  tile.querySelector('.avatar').textContent = name.trim().slice(0, 1).toUpperCase();
  const state = isVoiceBlocked ? 'Muted for you' : STATES[room.streamState(uid)];
  tile.querySelector('.state').textContent = state;
  tile.classList.toggle('is-muted', !isMicrophoneOpen || isAudioForbidden);
  tile.classList.toggle('without-video', !isCameraOpen || isVideoForbidden);
  tile.setAttribute('aria-label', `${name}${isMicrophoneOpen ? '' : ', microphone closed'}`);
}

async function readName(uid) {
  if (!names.has(uid)) names.set(uid, (await client.users.publicInfos([uid])).get(uid) || `User ${uid}`);
  if (room.member(uid)) showMember(room.member(uid));
}

// What may be done to a member

function fillMenu(tile, uid) {
  const menu = tile.querySelector('.menu');
  if (!menu.open) return;
  for (const other of document.querySelectorAll('.menu[open]')) if (other !== menu) other.open = false;
  const buttons = actionsFor(room.member(uid)).map(([label, run]) => {
    const button = Object.assign(document.createElement('button'), { textContent: label });
    button.addEventListener('click', () => {
      menu.open = false;
      Promise.resolve(run()).catch((error) => showNotice(error.message));
    });
    return button;
  });
  menu.querySelector('div').replaceChildren(...buttons);
}

function actionsFor({ uid, isOwn, role, isMicrophoneOpen, isCameraOpen, isAudioForbidden, isVoiceBlocked }) {
  const command = (label, value) => [label, () => room.command(value, [uid])];
  const { forbidAudio, allowAudio, closeMicrophone, closeCamera } = ADMIN_COMMANDS;
  const { appointAdministrators, dismissAdministrators } = ADMIN_COMMANDS;
  const actions = [['Full screen', () => tiles.get(uid).requestFullscreen()]];
  if (isOwn) return actions;
  actions.push([isVoiceBlocked ? 'Hear again' : 'Mute for me', () => room.setVoiceBlocked(uid, !isVoiceBlocked)]);
  const own = room.self.role;
  if (own === 'member' || (own === 'administrator' && role === 'owner')) return actions;
  if (isMicrophoneOpen) actions.push(command('Close microphone', closeMicrophone));
  if (isCameraOpen) actions.push(command('Close camera', closeCamera));
  actions.push(isAudioForbidden ? command('Allow to speak', allowAudio) : command('Forbid to speak', forbidAudio));
  if (own === 'owner') {
    const isAdministrator = role === 'administrator';
    actions.push(
      isAdministrator
        ? command('Dismiss as administrator', dismissAdministrators)
        : command('Appoint administrator', appointAdministrators),
    );
  }
  // Clients cannot remove anybody; the back end can.
  actions.push(['Remove from room', () => askBackEnd(`kick?room=${room.id}&uid=${uid}&by=${client.uid}`)]);
  return actions;
}

async function askBackEnd(path) {
  const response = await fetch(path, { method: 'POST' });
  if (!response.ok) throw new Error(await response.text());
}

// Own devices

$('microphone').addEventListener('click', () => toggle('microphone'));
$('camera').addEventListener('click', () => toggle('camera'));
document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || target.matches('input, select') || $('room').hidden) return;
  if (key === 'm') void toggle('microphone');
  if (key === 'c') void toggle('camera');
  if (key === 'Escape') for (const menu of document.querySelectorAll('.menu[open]')) menu.open = false;
});

async function toggle(device) {
  try {
    if (device === 'microphone') await room.setMicrophoneOpen(!room.isMicrophoneOpen);
    else await room.setCameraOpen(!room.isCameraOpen);
  } catch (error) {
    showNotice(error.message);
  }
}

function showDevices({ device, by }) {
  $('microphone').setAttribute('aria-pressed', room.isMicrophoneOpen);
  $('camera').setAttribute('aria-pressed', room.isCameraOpen);
  if (by === 'command') showNotice(`Your ${device} was closed. You can open it again.`);
  if (by === 'loss') showNotice(`Your ${device} is gone.`);
}

$('open-settings').addEventListener('click', async () => {
  $('settings').showModal();
  await showChoices();
});
$('choose-microphone').addEventListener('change', ({ target }) => choose(() => room.setMicrophone(target.value)));
$('choose-camera').addEventListener('change', ({ target }) => choose(() => room.setCamera(target.value)));
if (navigator.mediaDevices) onDevicesChanged(() => $('settings').open && showChoices());

async function choose(run) {
  await run().catch((error) => showNotice(error.message));
}

async function showChoices() {
  const devices = await listDevices();
  for (const kind of ['microphone', 'camera']) {
    const select = $(`choose-${kind}`);
    const used = room.stream(client.uid).getTracks();
    const ids = used.map((track) => track.getSettings().deviceId);
    const options = devices
      .filter((device) => device.kind === kind)
      .map(({ deviceId, label }) => new Option(label || kind, deviceId, false, ids.includes(deviceId)));
    select.replaceChildren(...options);
    select.disabled = options.length === 0;
  }
}

// Network

function showQuality({ quality }) {
  $('quality').dataset.quality = quality;
  $('quality').textContent = quality === 'unknown' ? '' : `${quality} network`;
}

function showNumbers(statistics) {
  if (statistics === undefined) return;
  const { audioBitrateBps, videoBitrateBps, lossRatio, rttMs, width, height, framesPerSecond } = statistics;
  const rate = Math.round((audioBitrateBps + videoBitrateBps) / 1000);
  const picture = width > 0 ? `${width} × ${height}, ${Math.round(framesPerSecond)} frames a second, ` : '';
  const delay = rttMs === undefined ? '' : `, ${Math.round(rttMs)} ms to the server and back`;
  $('numbers').textContent = `You send ${picture}${rate} kbit/s, ${(100 * lossRatio).toFixed(1)} % lost${delay}.`;
}

$('check-network').addEventListener('click', async () => {
  $('check-network').disabled = true;
  $('steps').replaceChildren();
  $('advice').textContent = 'Checking…';
  const { steps, advice, settings } = await rtc.diagnose();
  for (const { name, result, detail } of steps) {
    const item = document.createElement('li');
    item.dataset.result = result;
    item.append(Object.assign(document.createElement('b'), { textContent: name }), detail);
    $('steps').append(item);
  }
  $('advice').textContent = settings.length > 0 ? `${advice} Settings: ${settings.join(', ')}.` : advice;
  $('check-network').disabled = false;
});

// Chat

$('say').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { text } = $('say').elements;
  const said = text.value.trim();
  if (said === '') return;
  $('say').reset();
  showMessage(client.uid, said);
  await client.sendChat({ roomId: room.id }, said).catch((error) => showNotice(error.message));
});

function showMessage(from, text) {
  const item = document.createElement('li');
  const name = from === client.uid ? 'You' : (names.get(from) ?? `User ${from}`);
  item.append(Object.assign(document.createElement('b'), { textContent: name }), text);
  $('messages').append(item);
  item.scrollIntoView({ block: 'nearest' });
}

$('toggle-chat').addEventListener('click', () => {
  $('room').classList.toggle('without-chat');
  showChatState();
});

function showChatState() {
  $('toggle-chat').setAttribute('aria-expanded', !$('room').classList.contains('without-chat'));
}

// Leaving

const ENDS = {
  left: 'You have left the room.',
  kicked: 'You were removed from the room.',
  closed: 'The room was closed.',
  'session-ended': 'You were logged out: reload the page to join again.',
  lost: 'The room could not be entered again.',
};

$('leave').addEventListener('click', () => room.leave());
addEventListener('pagehide', () => void room?.leave());

function showEnd({ reason }) {
  for (const uid of [...tiles.keys()]) removeTile(uid);
  $('settings').close();
  $('messages').replaceChildren();
  $('room').hidden = true;
  $('lobby').hidden = false;
  $('lobby').querySelector('button').disabled = false;
  $('lobby-error').textContent = ENDS[reason];
}

let hideNotice;
/** @param timeMs - 0 keeps it until the next one. */
function showNotice(text, timeMs = 4000) {
  clearTimeout(hideNotice);
  $('notice').textContent = text;
  $('notice').hidden = false;
  if (timeMs > 0) hideNotice = setTimeout(() => ($('notice').hidden = true), timeMs);
}
