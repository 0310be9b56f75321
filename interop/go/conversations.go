package main

import (
	"fmt"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

// page is one history request; the zero values of begin, end and lastId leave the window open.
type page struct {
	desc               bool
	num                int16
	begin, end, lastId int64
}

// conversation gives the functions of one kind of conversation one shape, so that one set of checks serves all four.
type conversation struct {
	client    *rtm.RTMServerClient
	name      string
	kind      rtm.MessageType
	from, xid int64
	message   func(mtype int8, text string, rest ...interface{}) (int64, error)
	binary    func(mtype int8, body []byte, rest ...interface{}) (int64, error)
	chat      func(text string, rest ...interface{}) (int64, error)
	cmd       func(text string, rest ...interface{}) (int64, error)
	messages  func(p page, rest ...interface{}) (*rtm.HistoryMessageResult, error)
	chats     func(p page) (*rtm.HistoryMessageResult, error)
	del       func(mid int64) error
	delChat   func(mid int64) error
	clean     func(begin, end int64) error
}

func conversations(client *rtm.RTMServerClient) []conversation {
	return []conversation{
		p2p(client, 1101, 1102),
		group(client, 1201, 1299),
		room(client, 1301, 1399),
		broadcast(client, 1401),
	}
}

func p2p(client *rtm.RTMServerClient, from, to int64) conversation {
	return conversation{
		client: client, name: "p2p", kind: rtm.MessageType_P2P, from: from, xid: to,
		message: func(mtype int8, text string, rest ...interface{}) (int64, error) {
			return client.SendMessage(from, to, mtype, text, rest...)
		},
		binary: func(mtype int8, body []byte, rest ...interface{}) (int64, error) {
			return client.SendMessageByBinary(from, to, mtype, body, rest...)
		},
		chat: func(text string, rest ...interface{}) (int64, error) { return client.SendChat(from, to, text, rest...) },
		cmd:  func(text string, rest ...interface{}) (int64, error) { return client.SendCmd(from, to, text, rest...) },
		messages: func(p page, rest ...interface{}) (*rtm.HistoryMessageResult, error) {
			return client.GetP2PMessage(from, to, p.desc, p.num, p.begin, p.end, p.lastId, rest...)
		},
		chats: func(p page) (*rtm.HistoryMessageResult, error) {
			return client.GetP2PChat(from, to, p.desc, p.num, p.begin, p.end, p.lastId)
		},
		del:     func(mid int64) error { return client.DelP2PMessage(mid, from, to) },
		delChat: func(mid int64) error { return client.DelP2PChat(mid, from, to) },
		clean:   func(begin, end int64) error { return client.CleanP2PMessage(from, to, begin, end) },
	}
}

func group(client *rtm.RTMServerClient, from, gid int64) conversation {
	return conversation{
		client: client, name: "group", kind: rtm.MessageType_Group, from: from, xid: gid,
		message: func(mtype int8, text string, rest ...interface{}) (int64, error) {
			return client.SendGroupMessage(from, gid, mtype, text, rest...)
		},
		binary: func(mtype int8, body []byte, rest ...interface{}) (int64, error) {
			return client.SendGroupMessageByBinary(from, gid, mtype, body, rest...)
		},
		chat: func(text string, rest ...interface{}) (int64, error) {
			return client.SendGroupChat(from, gid, text, rest...)
		},
		cmd: func(text string, rest ...interface{}) (int64, error) {
			return client.SendGroupCmd(from, gid, text, rest...)
		},
		messages: func(p page, rest ...interface{}) (*rtm.HistoryMessageResult, error) {
			return client.GetGroupMessage(gid, p.desc, p.num, p.begin, p.end, p.lastId, from, rest...)
		},
		chats: func(p page) (*rtm.HistoryMessageResult, error) {
			return client.GetGroupChat(gid, p.desc, p.num, p.begin, p.end, p.lastId, from)
		},
		del:     func(mid int64) error { return client.DelGroupMessage(mid, from, gid) },
		delChat: func(mid int64) error { return client.DelGroupChat(mid, from, gid) },
		clean:   func(begin, end int64) error { return client.CleanGroupMessage(gid, begin, end) },
	}
}

func room(client *rtm.RTMServerClient, from, rid int64) conversation {
	return conversation{
		client: client, name: "room", kind: rtm.MessageType_Room, from: from, xid: rid,
		message: func(mtype int8, text string, rest ...interface{}) (int64, error) {
			return client.SendRoomMessage(from, rid, mtype, text, rest...)
		},
		binary: func(mtype int8, body []byte, rest ...interface{}) (int64, error) {
			return client.SendRoomMessageByBinary(from, rid, mtype, body, rest...)
		},
		chat: func(text string, rest ...interface{}) (int64, error) {
			return client.SendRoomChat(from, rid, text, rest...)
		},
		cmd: func(text string, rest ...interface{}) (int64, error) {
			return client.SendRoomCmd(from, rid, text, rest...)
		},
		messages: func(p page, rest ...interface{}) (*rtm.HistoryMessageResult, error) {
			return client.GetRoomMessage(rid, p.desc, p.num, p.begin, p.end, p.lastId, from, rest...)
		},
		chats: func(p page) (*rtm.HistoryMessageResult, error) {
			return client.GetRoomChat(rid, p.desc, p.num, p.begin, p.end, p.lastId, from)
		},
		del:     func(mid int64) error { return client.DelRoomMessage(mid, from, rid) },
		delChat: func(mid int64) error { return client.DelRoomChat(mid, from, rid) },
		clean:   func(begin, end int64) error { return client.CleanRoomMessage(rid, begin, end) },
	}
}

func broadcast(client *rtm.RTMServerClient, from int64) conversation {
	return conversation{
		client: client, name: "broadcast", kind: rtm.MessageType_Broadcast, from: from,
		message: func(mtype int8, text string, rest ...interface{}) (int64, error) {
			return client.SendBroadcastMessage(from, mtype, text, rest...)
		},
		binary: func(mtype int8, body []byte, rest ...interface{}) (int64, error) {
			return client.SendBroadcastMessageByBinary(from, mtype, body, rest...)
		},
		chat: func(text string, rest ...interface{}) (int64, error) {
			return client.SendBroadcastChat(from, text, rest...)
		},
		cmd: func(text string, rest ...interface{}) (int64, error) {
			return client.SendBroadcastCmd(from, text, rest...)
		},
		messages: func(p page, rest ...interface{}) (*rtm.HistoryMessageResult, error) {
			return client.GetBroadcastMessage(p.desc, p.num, p.begin, p.end, p.lastId, from, rest...)
		},
		chats: func(p page) (*rtm.HistoryMessageResult, error) {
			return client.GetBroadcastChat(p.desc, p.num, p.begin, p.end, p.lastId, from)
		},
		del:     func(mid int64) error { return client.DelBroadcastMessage(mid, from) },
		delChat: func(mid int64) error { return client.DelBroadcastChat(mid, from) },
		clean:   func(begin, end int64) error { return client.CleanBroadcastMessage(from, begin, end) },
	}
}

func (c conversation) get(mid int64) (*rtm.HistoryMessageUnit, error) {
	return c.client.GetMessage(mid, c.from, c.xid, c.kind)
}

func (c conversation) getChat(mid int64) (*rtm.HistoryMessageUnit, error) {
	return c.client.GetChat(mid, c.from, c.xid, c.kind)
}

// newest gives the last stored message. The SDK makes the message ids and does not return them from a synchronous
// send, so this is how the checks learn them.
func (c conversation) newest() (*rtm.HistoryMessageUnit, error) {
	result, err := c.messages(page{desc: true, num: 1})
	if err != nil {
		return nil, err
	}
	if len(result.Messages) != 1 {
		return nil, fmt.Errorf("the history has %d messages where 1 was asked for", len(result.Messages))
	}
	return result.Messages[0], nil
}

// mark gives the cursor id after which nothing has been stored yet; 0 in an empty conversation.
func (c conversation) mark() (int64, error) {
	result, err := c.messages(page{desc: true, num: 1})
	if err != nil || len(result.Messages) == 0 {
		return 0, err
	}
	return result.Messages[0].CursorId, nil
}
