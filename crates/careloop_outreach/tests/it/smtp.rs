//! The SMTP conversation against a server that breaks off where the script says.

use std::sync::{Arc, Mutex};

use careloop_kernel::ids::{Id, IntentId};
use careloop_outreach::{Delivery, Mail, Reason, SmtpConfig, SmtpTls, SmtpTransport, Transport};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does when the conversation reaches a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Accept,
    /// Closes the connection instead of greeting.
    CloseAtGreeting,
    /// Answers the recipient with this code.
    Recipient(u16),
    /// Closes the connection instead of answering DATA.
    CloseAtData,
    /// Reads the text and answers it with this code.
    Text(u16),
    /// Reads the text and closes the connection without an answer.
    CloseAfterText,
}

async fn converse(stream: TcpStream, script: Script, texts: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    if script == Script::CloseAtGreeting {
        return Ok(());
    }
    stream.write_all(b"220 test\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let command = line.to_uppercase();
        line.clear();
        let answer = match command.get(..4).unwrap_or_default() {
            "EHLO" => "250 test".to_owned(),
            "RCPT" => match script {
                Script::Recipient(code) => format!("{code} no"),
                _ => "250 ok".to_owned(),
            },
            "DATA" if script == Script::CloseAtData => return Ok(()),
            "DATA" => {
                stream.write_all(b"354 go\r\n").await?;
                let text = read_text(&mut stream).await?;
                texts.lock().unwrap().push(text);
                match script {
                    Script::CloseAfterText => return Ok(()),
                    Script::Text(code) => format!("{code} no"),
                    _ => "250 taken".to_owned(),
                }
            }
            _ => "250 ok".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn read_text(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let start = text.len();
        stream.read_line(&mut text).await?;
        if &text[start..] == ".\r\n" || text.len() == start {
            return Ok(text);
        }
    }
}

/// Sends one e-mail to a server with this script; gives what became of it and the texts the server has read.
async fn deliver(script: Script, to: &str) -> (Delivery, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let texts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&texts);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // The client may hang up first; what it has seen is what the test looks at.
        drop(converse(stream, script, &seen).await);
    });
    let config = SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        user: None,
        password: None,
        from: "诊环 <care@example.com>".to_owned(),
        tls: SmtpTls::None,
    };
    let mail = Mail {
        intent: IntentId::from_bits(7),
        to: to.to_owned(),
        subject: "想念您".to_owned(),
        body: "第一行\n.\n第三行".to_owned(),
        at: "2026-03-02T01:00:00Z".parse().unwrap(),
    };
    let delivery = SmtpTransport::new(config).unwrap().deliver(&mail).await;
    server.abort();
    let texts = texts.lock().unwrap().clone();
    (delivery, texts)
}

#[tokio::test]
async fn the_answer_says_whether_an_email_left() {
    let busy = Delivery::NotYet(Reason::ServerBusy);
    let refused = Delivery::Refused(Reason::ServerRefused);
    let cases = [
        (Script::Accept, Delivery::Sent, 1),
        (Script::CloseAtGreeting, busy, 0),
        (Script::Recipient(450), busy, 0),
        (Script::Recipient(550), refused, 0),
        (Script::CloseAtData, busy, 0),
        (Script::Text(451), busy, 1),
        (Script::Text(554), refused, 1),
        (Script::CloseAfterText, Delivery::Unknown(Reason::ConnectionLost), 1),
    ];
    for (script, expected, read) in cases {
        let (delivery, texts) = deliver(script, "one@example.com").await;
        assert_eq!((delivery, texts.len()), (expected, read), "{script:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_busy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config = SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        user: None,
        password: None,
        from: "care@example.com".to_owned(),
        tls: SmtpTls::None,
    };
    let mail = Mail {
        intent: IntentId::from_bits(7),
        to: "one@example.com".to_owned(),
        subject: "x".to_owned(),
        body: "x".to_owned(),
        at: "2026-03-02T01:00:00Z".parse().unwrap(),
    };
    let delivery = SmtpTransport::new(config).unwrap().deliver(&mail).await;
    assert_eq!(delivery, Delivery::NotYet(Reason::ServerBusy));
}

#[tokio::test]
async fn an_email_names_its_intent_and_its_time() {
    let (_, texts) = deliver(Script::Accept, "one@example.com").await;
    let text = &texts[0];
    assert!(text.contains("Message-ID: <int_00000000000000000000000007@example.com>\r\n"), "{text}");
    assert!(text.contains("Date: Mon, 02 Mar 2026 01:00:00 +0000\r\n"), "{text}");
    assert!(text.contains("To: one@example.com\r\n"), "{text}");
    assert!(text.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{text}");
}

#[tokio::test]
async fn an_address_that_would_break_the_conversation_is_not_used() {
    for to in ["", "one", "one@example.com\r\nRCPT TO:<two@example.com>", "one@example.com, two@example.com"] {
        let (delivery, texts) = deliver(Script::Accept, to).await;
        assert_eq!((delivery, texts.len()), (Delivery::Refused(Reason::Unsendable), 0), "{to:?}");
    }
}
