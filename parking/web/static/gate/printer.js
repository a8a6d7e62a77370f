// The printer of this device: by Web Serial (cable, paired Bluetooth) or Web Bluetooth, where the browser has them.
// Which it is, and how wide its paper is, is kept here; that the person allowed it, the browser itself keeps.

const KEPT = "gate-printer";
const BAUD = 115200;
// Services under which small printers take what they print.
const SERVICES = [
  "000018f0-0000-1000-8000-00805f9b34fb",
  "e7810a71-73ae-499d-8c15-faa9aef0c3f2",
  "49535343-fe7d-4ae5-8fa9-9fafd205e455",
  "0000ff00-0000-1000-8000-00805f9b34fb",
];
const MOST_BY_RADIO = 180;

export const ways = () => ["serial", "bluetooth"].filter((way) => way in navigator);

export function kept() {
  try {
    const printer = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return ways().includes(printer.way) ? printer : null;
  } catch {
    return null;
  }
}

export function keep(printer) {
  localStorage.setItem(KEPT, JSON.stringify(printer));
}

export function forget() {
  localStorage.removeItem(KEPT);
}

// Asks the person which one it is: only after a press.
export async function ask(way) {
  if (way === "serial") return navigator.serial.requestPort();
  return navigator.bluetooth.requestDevice({
    filters: SERVICES.map((service) => ({ services: [service] })),
    optionalServices: SERVICES,
  });
}

// The one that was allowed before, null where the browser asks again.
async function allowed(way) {
  const known = way === "serial" ? await navigator.serial.getPorts() : await navigator.bluetooth.getDevices?.();
  return known?.[0] ?? null;
}

export async function write(bytes, { mayAsk = true } = {}) {
  const { way } = kept();
  const device = (await allowed(way)) ?? (mayAsk ? await ask(way) : null);
  if (device === null) throw new Error("no printer is allowed");
  await (way === "serial" ? bySerial(device, bytes) : byRadio(device, bytes));
}

async function bySerial(port, bytes) {
  if (!port.writable) await port.open({ baudRate: BAUD });
  const writer = port.writable.getWriter();
  try {
    await writer.write(bytes);
  } finally {
    writer.releaseLock();
  }
  await port.close();
}

async function byRadio(device, bytes) {
  const server = await device.gatt.connect();
  try {
    const taker = await takerOf(server);
    for (let at = 0; at < bytes.length; at += MOST_BY_RADIO) {
      const part = bytes.slice(at, at + MOST_BY_RADIO);
      await (taker.properties.writeWithoutResponse
        ? taker.writeValueWithoutResponse(part)
        : taker.writeValueWithResponse(part));
    }
  } finally {
    server.disconnect();
  }
}

async function takerOf(server) {
  for (const service of await server.getPrimaryServices()) {
    for (const found of await service.getCharacteristics()) {
      if (found.properties.writeWithoutResponse || found.properties.write) return found;
    }
  }
  throw new Error("nothing of this device can be written to");
}
