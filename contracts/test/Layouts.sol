// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A payment of Escrow's, less all checks that don't touch storage, over a layout that can be changed
/// @notice The layouts below are measured against each other in docs/gas.md; Escrow uses PackedWords.
abstract contract Layout {
    struct Payment {
        address payer;
        uint128 cumulative;
    }

    function open(address[] calldata payers, uint128 balance) external virtual;

    /// @dev What Escrow's `pay` reads and writes for each claim of a node.
    function pay(address node, Payment[] calldata payments) external virtual;

    function totals(address payer, address node) external view virtual returns (uint256 left, uint256 claimed);
}

/// @title Account in one word, claimed in a word of its own by node and payer
contract PackedWords is Layout {
    uint256 private constant MOST = type(uint104).max;

    mapping(address payer => uint256) private _accounts;
    mapping(address node => mapping(address payer => uint256)) private _claimed;

    function open(address[] calldata payers, uint128 balance) external override {
        for (uint256 i = 0; i < payers.length; ++i) _accounts[payers[i]] = balance;
    }

    function pay(address node, Payment[] calldata payments) external override {
        mapping(address => uint256) storage claimed = _claimed[node];
        for (uint256 i = 0; i < payments.length; ++i) {
            (address payer, uint256 cumulative) = (payments[i].payer, payments[i].cumulative);
            uint256 amount = cumulative - claimed[payer];
            uint256 account = _accounts[payer];
            require(amount <= account & MOST);
            unchecked {
                _accounts[payer] = account - amount + (amount << 104);
            }
            claimed[payer] = cumulative;
        }
    }

    function totals(address payer, address node) external view override returns (uint256, uint256) {
        return (_accounts[payer] & MOST, _claimed[node][payer]);
    }
}

/// @title The same with claimed by payer and node: the node's half of the key is hashed for each claim
contract PayerFirst is Layout {
    uint256 private constant MOST = type(uint104).max;

    mapping(address payer => uint256) private _accounts;
    mapping(address payer => mapping(address node => uint256)) private _claimed;

    function open(address[] calldata payers, uint128 balance) external override {
        for (uint256 i = 0; i < payers.length; ++i) _accounts[payers[i]] = balance;
    }

    function pay(address node, Payment[] calldata payments) external override {
        for (uint256 i = 0; i < payments.length; ++i) {
            (address payer, uint256 cumulative) = (payments[i].payer, payments[i].cumulative);
            uint256 amount = cumulative - _claimed[payer][node];
            uint256 account = _accounts[payer];
            require(amount <= account & MOST);
            unchecked {
                _accounts[payer] = account - amount + (amount << 104);
            }
            _claimed[payer][node] = cumulative;
        }
    }

    function totals(address payer, address node) external view override returns (uint256, uint256) {
        return (_accounts[payer] & MOST, _claimed[payer][node]);
    }
}

/// @title Account as a plain struct of two slots
contract PlainStruct is Layout {
    struct Account {
        uint128 balance;
        uint32 epoch;
        uint16 reserves;
        uint128 spent;
    }

    mapping(address payer => Account) private _accounts;
    mapping(address node => mapping(address payer => uint256)) private _claimed;

    function open(address[] calldata payers, uint128 balance) external override {
        for (uint256 i = 0; i < payers.length; ++i) _accounts[payers[i]].balance = balance;
    }

    function pay(address node, Payment[] calldata payments) external override {
        mapping(address => uint256) storage claimed = _claimed[node];
        for (uint256 i = 0; i < payments.length; ++i) {
            (address payer, uint256 cumulative) = (payments[i].payer, payments[i].cumulative);
            uint256 amount = cumulative - claimed[payer];
            Account storage account = _accounts[payer];
            require(amount <= account.balance);
            unchecked {
                account.balance -= uint128(amount);
                account.spent += uint128(amount);
            }
            claimed[payer] = cumulative;
        }
    }

    function totals(address payer, address node) external view override returns (uint256, uint256) {
        return (_accounts[payer].balance, _claimed[node][payer]);
    }
}

/// @title Claimed of two nodes of a payer in one word: half the slots, once each node has a number
contract PackedPairs is Layout {
    uint256 private constant MOST = type(uint104).max;
    uint256 private constant HALF = type(uint128).max;

    mapping(address payer => uint256) private _accounts;
    mapping(address node => uint256) private _numbers;
    uint256 private _nodes;
    mapping(address payer => mapping(uint256 pair => uint256)) private _claimed;

    function open(address[] calldata payers, uint128 balance) external override {
        for (uint256 i = 0; i < payers.length; ++i) _accounts[payers[i]] = balance;
    }

    function pay(address node, Payment[] calldata payments) external override {
        uint256 number = _numbers[node];
        if (number == 0) number = _numbers[node] = ++_nodes;
        (uint256 pair, uint256 shift) = ((number - 1) / 2, ((number - 1) % 2) * 128);
        for (uint256 i = 0; i < payments.length; ++i) {
            (address payer, uint256 cumulative) = (payments[i].payer, payments[i].cumulative);
            uint256 word = _claimed[payer][pair];
            uint256 amount = cumulative - ((word >> shift) & HALF);
            uint256 account = _accounts[payer];
            require(amount <= account & MOST);
            unchecked {
                _accounts[payer] = account - amount + (amount << 104);
                _claimed[payer][pair] = word + (amount << shift);
            }
        }
    }

    function totals(address payer, address node) external view override returns (uint256, uint256) {
        uint256 number = _numbers[node];
        if (number == 0) return (_accounts[payer] & MOST, 0);
        uint256 word = _claimed[payer][(number - 1) / 2];
        return (_accounts[payer] & MOST, (word >> (((number - 1) % 2) * 128)) & HALF);
    }
}
