package main

import (
	"strings"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

const (
	unknownProject  = 200001
	wrongSign       = 200002
	invalidMtype    = 200005
	messageTooLong  = 200030
	listTooLong     = 200032
	listEmpty       = 200033
	valueTooLong    = 200034
	sentToSelf      = 200052
	membersPerCall  = 100
	receiversInCall = 2000
)

// checkErrors covers the refusals that the SDK lets a caller reach. It makes the message ids itself, so 200053 (a
// repeated message id) is not among them.
func checkErrors(r *report, client *rtm.RTMServerClient) {
	send := func(from, to int64, mtype int8, text string, rest ...interface{}) error {
		_, err := client.SendMessage(from, to, mtype, text, rest...)
		return err
	}
	many := func(count int) error {
		_, err := client.SendMessages(1901, idsFrom(5000, count), businessType, "x")
		return err
	}
	tooLong := strings.Repeat("i", infoMax+1)
	cases := []struct {
		name string
		code int
		call func() error
	}{
		{"mtype 0", invalidMtype, func() error { return send(1901, 1902, 0, "x") }},
		{"mtype below 0", invalidMtype, func() error { return send(1901, 1902, -1, "x") }},
		{"message too long", messageTooLong, func() error {
			return send(1901, 1902, businessType, strings.Repeat("m", messageMax+1))
		}},
		{"attrs too long", messageTooLong, func() error {
			return send(1901, 1902, businessType, "x", strings.Repeat("a", attrsMax+1))
		}},
		{"message to oneself", sentToSelf, func() error { return send(1901, 1901, businessType, "x") }},
		{"no receivers", listEmpty, func() error { return many(0) }},
		{"too many receivers", listTooLong, func() error { return many(receiversInCall + 1) }},
		{"no group members", listEmpty, func() error { return client.AddGroupMembers(3901, []int64{}) }},
		{"too many group members", listTooLong, func() error {
			return client.AddGroupMembers(3901, idsFrom(5000, membersPerCall+1))
		}},
		{"room info too long", valueTooLong, func() error { return client.SetRoomInfo(2901, &tooLong, nil) }},
	}
	for _, refusal := range cases {
		r.check("refused: "+refusal.name, func() error { return refused(refusal.call(), refusal.code) })
	}
}

func idsFrom(start int64, count int) []int64 {
	ids := []int64{}
	for i := int64(0); i < int64(count); i++ {
		ids = append(ids, start+i)
	}
	return ids
}

// checkAuthority calls as a project that does not exist and with a wrong secret.
func checkAuthority(r *report, server target) {
	r.check("refused: unknown project", func() error {
		_, err := rtm.NewRTMServerClient(server.pid+1, server.secret, server.address).GetRoomMembers(2001)
		return refused(err, unknownProject)
	})
	r.check("refused: wrong secret", func() error {
		_, err := rtm.NewRTMServerClient(server.pid, server.secret+"x", server.address).GetRoomMembers(2001)
		return refused(err, wrongSign)
	})
}
