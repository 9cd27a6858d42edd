//! stub until merged
#[derive(Clone, Debug)]
pub struct Credentials { pub username: String, password: String }
impl Credentials {
pub fn with_password(u: &str, p: &str) -> Self { Self { username: u.into(), password: p.into() } }
 pub fn key(&self, realm: &str) -> [u8;16] { use md5::Digest; md5::Md5::digest(format!("{}:{}:{}", self.username, realm, self.password)).into() } }
