// Tones that are told apart by their rhythm: one short, two, three long and low. What the copy does not hold has one that
// is neither high nor low. A discreet match sounds like nothing found, or not held.
const TONES = {
  clear: { pitch: 880, long: 0.09, times: 1, apart: 0 },
  plain: { pitch: 440, long: 0.09, times: 1, apart: 0 },
  look: { pitch: 587, long: 0.11, times: 2, apart: 0.2 },
  stop: { pitch: 196, long: 0.26, times: 3, apart: 0.36 },
};
const LOUDNESS = 0.25;
let context = null;

// Browsers let a page sound only after its reader did something, so that this is called when the shift begins.
export function prepare() {
  context ??= new AudioContext();
  context.resume();
}

function tone({ pitch, long }, at) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = "triangle";
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.01);
  volume.gain.setValueAtTime(LOUDNESS, at + long - 0.02);
  volume.gain.linearRampToValueAtTime(0, at + long);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + long);
}

// Sound the tones of this name.
export function sound(name) {
  if (context === null) return;
  const chosen = TONES[name];
  for (let number = 0; number < chosen.times; number += 1) tone(chosen, context.currentTime + 0.01 + number * chosen.apart);
}
