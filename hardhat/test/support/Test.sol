// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev The cheat codes that the tests use.
interface Vm {
    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function prank(address sender) external;
    function warp(uint256 timestamp) external;
    function roll(uint256 number) external;
    function setBlockhash(uint256 number, bytes32 hash) external;
    function assume(bool condition) external pure;
    function expectRevert(bytes calldata data) external;
    function expectRevert() external;
    function expectCall(address callee, bytes calldata data, uint64 count) external;
    function getNonce(address account) external view returns (uint64);
}

/// @title What every Solidity test needs
abstract contract Test {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    error NotEqual(string what, uint256 found, uint256 expected);
    error TooLarge(string what, uint256 found, uint256 most);

    function equal(uint256 found, uint256 expected, string memory what) internal pure {
        require(found == expected, NotEqual(what, found, expected));
    }

    function atMost(uint256 found, uint256 most, string memory what) internal pure {
        require(found <= most, TooLarge(what, found, most));
    }

    function bound(uint256 value, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + (value % (most - least + 1));
    }
}
