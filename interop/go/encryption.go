package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

// checkEncryption repeats a send and a read over an encrypted connection, with both key lengths.
func checkEncryption(r *report, server target) {
	if server.publicKey == "" {
		fmt.Println("PARLEY_PUBLIC_KEY is not set: the encrypted connection is NOT checked")
		return
	}
	for bits, reinforce := range map[int]bool{128: false, 256: true} {
		r.check(fmt.Sprintf("encrypted connection, %d bits", bits), func() error {
			pem, err := os.ReadFile(server.publicKey)
			if err != nil {
				return err
			}
			client := rtm.NewRTMServerClient(server.pid, server.secret, server.address)
			if err := client.EnableEncryptor(pem, reinforce); err != nil {
				return err
			}
			c := p2p(client, 4000+int64(bits), 4999)
			text := strings.Repeat("encrypted ", 500)
			mtime, err := c.message(businessType, text)
			return first(err, c.lastIs(mtime, businessType, text, ""))
		})
	}
}
