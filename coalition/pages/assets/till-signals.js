// Says done or no to whoever is not looking: a short sound, and a shake of the device. Silent where neither is allowed.
const DONE = { tones: [880, 1175], shake: 60 };
const NO = { tones: [220, 165], shake: [120, 80, 120] };
const TONE_SECONDS = 0.12;
const LOUDNESS = 0.15;

let audio = null;

// Browsers let a page make sounds once somebody has touched it.
document.addEventListener(
  "pointerdown",
  () => {
    audio ??= "AudioContext" in window ? new AudioContext() : null;
  },
  { once: true },
);

export function signal(isGood) {
  const { tones, shake } = isGood ? DONE : NO;
  navigator.vibrate?.(shake);
  if (audio?.state !== "running") return;
  tones.forEach((frequency, index) => {
    const [tone, gain] = [audio.createOscillator(), audio.createGain()];
    const from = audio.currentTime + index * TONE_SECONDS;
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(LOUDNESS, from);
    gain.gain.linearRampToValueAtTime(0, from + TONE_SECONDS);
    tone.connect(gain).connect(audio.destination);
    tone.start(from);
    tone.stop(from + TONE_SECONDS);
  });
}
