package main

import (
	"fmt"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

const (
	historyLength = 25
	pageLength    = int16(10)
	pageMax       = 20
)

// checkHistory fills a conversation and walks it with the cursor both ways.
func checkHistory(r *report, c conversation) {
	var mark int64
	var texts []string
	r.check(c.name+" history is filled", func() (err error) {
		if mark, err = c.mark(); err != nil {
			return err
		}
		for i := 0; i < historyLength && err == nil; i++ {
			texts = append(texts, fmt.Sprintf("%s %d", c.name, i))
			if i%5 == 4 {
				_, err = c.chat(texts[i])
			} else {
				_, err = c.message(businessType, texts[i])
			}
		}
		return err
	})
	r.check(c.name+" history forward", func() error {
		units, err := c.walk(page{num: pageLength, lastId: mark}, mark)
		return first(err, same("texts", textsOf(units), texts), rising(units))
	})
	r.check(c.name+" history backward", func() error {
		units, err := c.walk(page{desc: true, num: pageLength}, mark)
		turned := reversed(units)
		return first(err, same("texts", textsOf(turned), texts), rising(turned))
	})
	r.check(c.name+" history of some types", func() error {
		result, err := c.messages(page{num: pageMax, lastId: mark}, []int8{chatType})
		if err != nil {
			return err
		}
		return same("texts", textsOf(result.Messages), everyFifth(texts))
	})
	r.check(c.name+" chat history", func() error {
		result, err := c.chats(page{num: pageMax, lastId: mark})
		if err != nil {
			return err
		}
		return same("texts", textsOf(result.Messages), everyFifth(texts))
	})
	r.check(c.name+" history bounds are inclusive", func() error {
		last, err := c.newest()
		if err != nil {
			return err
		}
		result, err := c.messages(page{desc: true, num: 1, begin: last.ModifiedTime, end: last.ModifiedTime})
		if err != nil {
			return err
		}
		return same("texts", textsOf(result.Messages), []string{last.Message})
	})
	r.check(c.name+" history page is at most 20", func() error {
		result, err := c.messages(page{num: 100, lastId: mark})
		if err != nil {
			return err
		}
		return first(same("num", result.Num, int16(pageMax)), same("length", len(result.Messages), pageMax))
	})
	r.check(c.name+" history after the last message is empty", func() error {
		last, err := c.newest()
		if err != nil {
			return err
		}
		result, err := c.messages(page{num: pageLength, lastId: last.CursorId})
		if err != nil {
			return err
		}
		return first(
			same("num", result.Num, int16(0)),
			same("length", len(result.Messages), 0),
			same("lastid", result.LastCursorId, last.CursorId),
		)
	})
}

// walk follows the cursor that each answer gives until a page is empty, and leaves out what is not after the mark.
func (c conversation) walk(p page, mark int64) ([]*rtm.HistoryMessageUnit, error) {
	var units []*rtm.HistoryMessageUnit
	for range historyLength {
		result, err := c.messages(p)
		if err != nil {
			return nil, err
		}
		if err := same("num", int(result.Num), len(result.Messages)); err != nil {
			return nil, err
		}
		if result.Num == 0 {
			return units, nil
		}
		for _, unit := range result.Messages {
			if unit.CursorId > mark {
				units = append(units, unit)
			}
		}
		p.begin, p.end, p.lastId = result.Begin, result.End, result.LastCursorId
	}
	return nil, fmt.Errorf("the walk does not end")
}

// checkDirections reads one P2P conversation from both sides.
func checkDirections(r *report, client *rtm.RTMServerClient) {
	const one, other = int64(1601), int64(1602)
	r.check("p2p history names the sender from both sides", func() error {
		_, errOne := client.SendMessage(one, other, businessType, "from one")
		_, errOther := client.SendMessage(other, one, businessType, "from other")
		near, errNear := client.GetP2PMessage(one, other, false, 2, 0, 0, 0)
		far, errFar := client.GetP2PMessage(other, one, false, 2, 0, 0, 0)
		if err := first(errOne, errOther, errNear, errFar); err != nil {
			return err
		}
		return first(
			same("senders seen by one", sendersOf(near.Messages), []int64{one, other}),
			same("senders seen by the other", sendersOf(far.Messages), []int64{one, other}),
		)
	})
	r.check("p2p history of strangers is empty", func() error {
		result, err := client.GetP2PMessage(1698, 1699, true, 10, 0, 0, 0)
		if err != nil {
			return err
		}
		return same("num", result.Num, int16(0))
	})
}

func textsOf(units []*rtm.HistoryMessageUnit) []string {
	var texts []string
	for _, unit := range units {
		texts = append(texts, unit.Message)
	}
	return texts
}

func sendersOf(units []*rtm.HistoryMessageUnit) []int64 {
	var uids []int64
	for _, unit := range units {
		uids = append(uids, unit.FromUid)
	}
	return uids
}

func everyFifth(texts []string) []string {
	var chosen []string
	for i := 4; i < len(texts); i += 5 {
		chosen = append(chosen, texts[i])
	}
	return chosen
}

func reversed(units []*rtm.HistoryMessageUnit) []*rtm.HistoryMessageUnit {
	var turned []*rtm.HistoryMessageUnit
	for i := len(units) - 1; i >= 0; i-- {
		turned = append(turned, units[i])
	}
	return turned
}

func rising(units []*rtm.HistoryMessageUnit) error {
	for i := 1; i < len(units); i++ {
		if units[i].CursorId <= units[i-1].CursorId {
			return fmt.Errorf("cursor id %d follows %d", units[i].CursorId, units[i-1].CursorId)
		}
	}
	return nil
}
