import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPrivateHost } from "./private-host.ts";

describe("isPrivateHost", () => {
  const isPrivate = [
    ...["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0", "10.1.2.3"],
    ...["100.64.0.1", "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255"],
    ...["192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::1", "[::1]", "::", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1"],
    ...["::ffff:10.0.0.1", "[::ffff:7f00:1]", "::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"],
    ...["localhost", "LOCALHOST", "localhost.", "db.localhost", "printer.local", "vault.internal"],
    ...["nas.home.arpa", "１２７.0.0.1"],
  ];
  it.each(isPrivate)("is so for %s", (host) => {
    expect(isPrivateHost(host)).toBe(true);
  });

  const isPublic = [
    ...["203.0.113.7", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0"],
    ...["192.0.1.1", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255"],
    ...["2606:4700::1111", "2001:db8::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"],
    ...["netpost.example", "localhost.example", "notlocal", "internal.example", "a b", ""],
  ];
  it.each(isPublic)("is not so for %j", (host) => {
    expect(isPrivateHost(host)).toBe(false);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.string(), (host) => typeof isPrivateHost(host) === "boolean"));
  });

  it("says of an address of IPv4 what it says of the same in IPv6", () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        (address) => isPrivateHost(address) === isPrivateHost(`::ffff:${address}`),
      ),
    );
  });
});
