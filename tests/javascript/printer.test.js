import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { define, gate, open } from "./page.js";

const { ask, forget, keep, kept, ways, write } = await gate("printer");

const have = (features) => define("navigator", features);

// A port of Web Serial that remembers what was done with it.
function portOf({ fails = false } = {}) {
  const done = [];
  const port = {
    done,
    writable: null,
    async open(options) {
      done.push(["open", options.baudRate]);
      port.writable = {
        getWriter: () => ({
          async write(bytes) {
            if (fails) throw new Error("no paper");
            done.push(["write", [...bytes]]);
          },
          releaseLock: () => done.push(["release"]),
        }),
      };
    },
    async close() {
      done.push(["close"]);
    },
  };
  return port;
}

// A device of Web Bluetooth with one service; `properties` are those of what can be written to.
function deviceOf(properties) {
  const done = [];
  const taker = {
    properties,
    async writeValueWithoutResponse(part) {
      done.push(["without", part.length]);
    },
    async writeValueWithResponse(part) {
      done.push(["with", part.length]);
    },
  };
  const reader = { properties: { read: true } };
  const server = {
    getPrimaryServices: async () => [{ getCharacteristics: async () => (properties ? [reader, taker] : [reader]) }],
    disconnect: () => done.push(["disconnect"]),
  };
  return { done, gatt: { connect: async () => server } };
}

beforeEach(() => {
  open();
  forget();
});

test("a browser without either offers no printer, and one that was kept is not used", async () => {
  keep({ way: "serial", dots: 576 });
  have({});
  assert.deepEqual(ways(), []);
  assert.equal(kept(), null);
});

test("each way is offered where the browser has it", () => {
  have({ bluetooth: {} });
  assert.deepEqual(ways(), ["bluetooth"]);
  have({ bluetooth: {}, serial: {} });
  assert.deepEqual(ways(), ["serial", "bluetooth"]);
  keep({ way: "serial", dots: 384 });
  assert.deepEqual(kept(), { way: "serial", dots: 384 });
});

test("what was kept and cannot be read is no printer", () => {
  have({ serial: {} });
  localStorage.setItem("gate-printer", "{");
  assert.equal(kept(), null);
});

test("a port that was allowed before prints without asking", async () => {
  const port = portOf();
  have({ serial: { getPorts: async () => [port], requestPort: () => assert.fail("asked") } });
  keep({ way: "serial", dots: 576 });
  await write(new Uint8Array([1, 2]));
  assert.deepEqual(port.done, [["open", 115200], ["write", [1, 2]], ["release"], ["close"]]);
});

test("a port that fails lets go of its writer", async () => {
  const port = portOf({ fails: true });
  have({ serial: { getPorts: async () => [port] } });
  keep({ way: "serial", dots: 576 });
  await assert.rejects(write(new Uint8Array([1])), /no paper/);
  assert.deepEqual(port.done.at(-1), ["release"]);
});

test("the person is asked after a press alone", async () => {
  const port = portOf();
  have({ serial: { getPorts: async () => [], requestPort: async () => port } });
  keep({ way: "serial", dots: 576 });
  await assert.rejects(write(new Uint8Array([1]), { mayAsk: false }), /no printer is allowed/);
  assert.deepEqual(port.done, []);
  await write(new Uint8Array([1]));
  assert.deepEqual(port.done[1], ["write", [1]]);
});

test("by radio what is printed goes in parts, to what can be written to", async () => {
  const device = deviceOf({ writeWithoutResponse: true });
  have({ bluetooth: { getDevices: async () => [device] } });
  keep({ way: "bluetooth", dots: 384 });
  await write(new Uint8Array(400));
  assert.deepEqual(device.done, [["without", 180], ["without", 180], ["without", 40], ["disconnect"]]);
});

test("a printer that answers each part is waited for", async () => {
  const device = deviceOf({ write: true });
  have({ bluetooth: { getDevices: async () => [device] } });
  keep({ way: "bluetooth", dots: 384 });
  await write(new Uint8Array(10));
  assert.deepEqual(device.done, [["with", 10], ["disconnect"]]);
});

test("a device that takes nothing is let go", async () => {
  const device = deviceOf(null);
  have({ bluetooth: { getDevices: async () => [device] } });
  keep({ way: "bluetooth", dots: 384 });
  await assert.rejects(write(new Uint8Array(1)), /nothing of this device can be written to/);
  assert.deepEqual(device.done, [["disconnect"]]);
});

test("a browser that does not remember devices asks for one of the known services", async () => {
  const asked = [];
  const device = deviceOf({ write: true });
  have({
    bluetooth: {
      requestDevice: async (options) => {
        asked.push(options);
        return device;
      },
    },
  });
  keep({ way: "bluetooth", dots: 384 });
  await write(new Uint8Array(1));
  assert.equal(asked.length, 1);
  assert.deepEqual(
    asked[0].filters.map(({ services }) => services[0]),
    asked[0].optionalServices,
  );
  assert.equal(await ask("bluetooth"), device);
});
