package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

const (
	businessType  = int8(66)
	chatType      = int8(30)
	cmdType       = int8(32)
	clockSlack    = time.Minute
	messageMax    = 20480
	attrsMax      = 2048
	unicodeText   = "你好 p2p 🎈"
	jsonAttrs     = `{"k":"v"}`
	receiverCount = 3
)

var binaryBody = []byte{0x00, 0x01, 0x02, 0xfe, 0xff, 0x80, 'b', 'i', 'n'}

// checkSends sends in every way and reads each message back from the history.
func checkSends(r *report, c conversation) {
	r.check(c.name+" message", func() error {
		mtime, err := c.message(businessType, "hello")
		return first(err, c.lastIs(mtime, businessType, "hello", ""))
	})
	r.check(c.name+" message with attrs and non-ASCII text", func() error {
		mtime, err := c.message(127, unicodeText, jsonAttrs, 5*time.Second)
		return first(err, c.lastIs(mtime, 127, unicodeText, jsonAttrs))
	})
	r.check(c.name+" empty message", func() error {
		mtime, err := c.message(51, "")
		return first(err, c.lastIs(mtime, 51, "", ""))
	})
	r.check(c.name+" binary message", func() error {
		mtime, err := c.binary(businessType, binaryBody, jsonAttrs)
		return first(err, c.lastIs(mtime, businessType, string(binaryBody), jsonAttrs))
	})
	r.check(c.name+" largest message", func() error {
		text, attrs := strings.Repeat("m", messageMax), strings.Repeat("a", attrsMax)
		mtime, err := c.message(businessType, text, attrs)
		return first(err, c.lastIs(mtime, businessType, text, attrs))
	})
	r.check(c.name+" chat", func() error {
		mtime, err := c.chat("chat", jsonAttrs)
		return first(err, c.lastIs(mtime, chatType, "chat", jsonAttrs))
	})
	r.check(c.name+" cmd", func() error {
		mtime, err := c.cmd("cmd")
		return first(err, c.lastIs(mtime, cmdType, "cmd", ""))
	})
}

func (c conversation) lastIs(mtime int64, mtype int8, text, attrs string) error {
	unit, err := c.newest()
	if err != nil {
		return err
	}
	age := time.Since(time.UnixMilli(mtime))
	if age < -clockSlack || age > clockSlack {
		return fmt.Errorf("mtime %d is no current time in milliseconds", mtime)
	}
	return first(
		same("sender", unit.FromUid, c.from),
		same("mtype", unit.MessageType, mtype),
		same("message", unit.Message, text),
		same("attrs", unit.Attrs, attrs),
		same("mtime", unit.ModifiedTime, mtime),
		positive("cursor id", unit.CursorId),
		positive("message id", unit.MessageId),
	)
}

func positive(what string, value int64) error {
	if value > 0 {
		return nil
	}
	return fmt.Errorf("%s is %d", what, value)
}

// checkManyReceivers sends one message to several users; each pair has its own history, the message id is shared.
func checkManyReceivers(r *report, client *rtm.RTMServerClient) {
	const from = int64(1501)
	var tos []int64
	for i := int64(0); i < receiverCount; i++ {
		tos = append(tos, 1511+i)
	}
	sends := []struct {
		name  string
		mtype int8
		text  string
		send  func() (int64, error)
	}{
		{"message", businessType, "many", func() (int64, error) { return client.SendMessages(from, tos, businessType, "many") }},
		{"binary message", businessType, string(binaryBody), func() (int64, error) {
			return client.SendMessagesByBinary(from, tos, businessType, binaryBody)
		}},
		{"chat", chatType, "chats", func() (int64, error) { return client.SendChats(from, tos, "chats") }},
		{"cmd", cmdType, "cmds", func() (int64, error) { return client.SendCmds(from, tos, "cmds") }},
	}
	for _, s := range sends {
		r.check(s.name+" to many", func() error {
			mtime, err := s.send()
			if err != nil {
				return err
			}
			mids := map[int64]bool{}
			for _, to := range tos {
				c := p2p(client, from, to)
				if err := c.lastIs(mtime, s.mtype, s.text, ""); err != nil {
					return fmt.Errorf("receiver %d: %w", to, err)
				}
				unit, err := c.newest()
				if err != nil {
					return err
				}
				mids[unit.MessageId] = true
			}
			return same("number of message ids", len(mids), 1)
		})
	}
}
