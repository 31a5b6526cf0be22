// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Disputes} from "../../../contracts/Disputes.sol";
import {Escrow} from "../../../contracts/Escrow.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {Staking} from "../../../contracts/Staking.sol";
import {Claim, NodeClaims, SignedGrant, SignedStatement} from "../../../contracts/interfaces/ISettlement.sol";
import {Grant, Reserve, Signature, Voucher} from "../../../contracts/interfaces/Messages.sol";
import {MessageHash} from "../../../contracts/libraries/MessageHash.sol";
import {FickleToken} from "./FickleToken.sol";
import {Test} from "./Test.sol";

/// @title A rail with two payers, two spenders and two providers with a node each
abstract contract Market is Test {
    uint128 internal constant STAKE = 10_000e6;
    uint64 internal constant THAW = 1 days;
    uint64 internal constant WINDOW = 3 days;
    uint64 internal constant UNBONDING = 7 days;
    uint256 internal constant PAYER = 0x1000;
    uint256 internal constant SPENDER = 0x2000;
    uint256 internal constant NODE = 0x3000;
    address internal constant TREASURY = address(0x7ea5);
    address internal constant DISPUTES = address(0xd15b);

    FickleToken internal token;
    Escrow internal escrow;
    Staking internal staking;
    Settlement internal settlement;
    Disputes internal disputes;
    address[2] internal payers;
    address[2] internal spenders;
    address[2] internal providers;
    address[2] internal nodes;

    function _open() internal {
        _open(new FickleToken());
    }

    function _open(FickleToken token_) internal {
        _open(token_, DISPUTES);
    }

    /// @dev With Disputes of its own, instead of an address that slashes at will.
    function _openWithDisputes() internal {
        FickleToken token_ = new FickleToken();
        _open(token_, _created(address(this), vm.getNonce(address(this)) + 3));
        disputes = new Disputes(address(settlement), 100e6, 50e6, 200e6, 1 days);
    }

    function _open(FickleToken token_, address disputes_) private {
        vm.warp(1_760_000_000);
        token = token_;
        staking = new Staking(address(token), disputes_, TREASURY, address(this), UNBONDING, 100e6);
        address predicted = _created(address(this), vm.getNonce(address(this)) + 1);
        escrow = new Escrow(address(token), address(1), predicted, address(this), THAW);
        settlement = new Settlement(
            address(escrow),
            address(staking),
            disputes_,
            TREASURY,
            address(this),
            WINDOW,
            100,
            10
        );
        for (uint256 i = 0; i < 2; ++i) {
            (payers[i], spenders[i], nodes[i]) = (vm.addr(PAYER + i), vm.addr(SPENDER + i), vm.addr(NODE + i));
            providers[i] = address(uint160(0xb0b0 + i));
            _stake(providers[i], STAKE);
            Signature memory possession = _possession(NODE + i, providers[i]);
            vm.prank(providers[i]);
            staking.addNode(nodes[i], possession);
        }
    }

    function _deposit(address payer, uint128 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(escrow), amount);
        escrow.depositFor(payer, amount);
    }

    function _stake(address provider, uint128 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(staking), amount);
        staking.stakeFor(provider, amount);
    }

    function _claim(uint256 key, address payer, address node, uint128 cumulative) internal view returns (Claim memory) {
        Voucher memory voucher = Voucher(payer, node, cumulative, bytes32(0));
        return Claim(payer, cumulative, bytes32(0), _sign(key, settlement.voucherDigest(voucher)));
    }

    function _settle(address node, Claim[] memory claims) internal {
        NodeClaims[] memory groups = new NodeClaims[](1);
        groups[0] = NodeClaims(node, claims);
        settlement.settle(new SignedGrant[](0), groups, new SignedStatement[](0));
    }

    function _settleOne(address node, Claim memory claim) internal {
        Claim[] memory claims = new Claim[](1);
        claims[0] = claim;
        _settle(node, claims);
    }

    function _grant(uint256 key, Grant memory grant) internal {
        SignedGrant[] memory grants = new SignedGrant[](1);
        Signature memory signature = _sign(key, settlement.grantDigest(grant));
        grants[0] = SignedGrant(grant, abi.encodePacked(signature.r, signature.s, signature.v));
        settlement.settle(grants, new NodeClaims[](0), new SignedStatement[](0));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (Signature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return Signature(r, s, v);
    }

    function _possession(uint256 key, address provider) internal view returns (Signature memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ProofMesh"),
                keccak256("1"),
                block.chainid,
                address(staking)
            )
        );
        return _sign(key, MessageHash.digest(domain, MessageHash.ofNodeKey(provider, vm.addr(key))));
    }

    /// @dev The address of a contract by its creator's nonce, below 2^16.
    function _created(address creator, uint64 nonce) internal pure returns (address) {
        bytes memory rlp =
            nonce < 128
                ? abi.encodePacked(hex"d694", creator, nonce == 0 ? bytes1(0x80) : bytes1(uint8(nonce)))
                : nonce < 256
                    ? abi.encodePacked(hex"d794", creator, hex"81", uint8(nonce))
                    : abi.encodePacked(hex"d894", creator, hex"82", uint16(nonce));
        return address(uint160(uint256(keccak256(rlp))));
    }
}
