// Reads codes by the camera: by the browser's own detector, or by one of WebAssembly that is loaded when it is needed.
const FORMATS = ["qr_code", "code_128"];
const EVERY_MS = 60;
const ALLOWED = "till-camera";

let detector = null;
let stream = null;
let run = 0;

/** Whether somebody has used the camera here before, so that it starts by itself. */
export const canScan = () => localStorage.getItem(ALLOWED) === "yes";

function loaded(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function nativeDetector() {
  const formats = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
  return FORMATS.every((format) => formats.includes(format)) ? new BarcodeDetector({ formats: FORMATS }) : null;
}

/** `script` and `reader` are where the page says that the detector and its WebAssembly are. */
async function wasmDetector({ script, reader }) {
  await loaded(script);
  BarcodeDetectionAPI.prepareZXingModule({ overrides: { locateFile: () => reader } });
  return new BarcodeDetectionAPI.BarcodeDetector({ formats: FORMATS });
}

/** Show the camera's picture, and call `scanned` with the first code in it. False where no camera can be used. */
export async function startCamera(video, scanned) {
  stopCamera();
  const own = (run += 1);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    detector ??= (await nativeDetector()) ?? (await wasmDetector(video.dataset));
  } catch {
    stopCamera();
    return false;
  }
  if (own !== run) {
    stopCamera();
    return false;
  }
  localStorage.setItem(ALLOWED, "yes");
  video.srcObject = stream;
  await video.play().catch(() => {});
  look(video, own, scanned);
  return true;
}

async function look(video, own, scanned) {
  while (own === run) {
    const found = video.readyState >= video.HAVE_CURRENT_DATA ? await detector.detect(video).catch(() => []) : [];
    if (own === run && found.length) {
      scanned(found[0].rawValue);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

export function stopCamera() {
  run += 1;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
}
