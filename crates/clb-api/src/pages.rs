//! Queries whose result comes page by page.

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    ApiError, Client, Response, SetupError, error_table::ErrorClass, object::Object, objects_only, parameters,
};

/// How a query gives its result page by page, and which field of the response is the list.
///
/// ```
/// use clb_api::Paging;
///
/// let load_balancers = Paging::offset("LoadBalancerSet", 100); // `Offset`, `Limit` and `TotalCount`
/// let listeners = Paging::token("ListenerSet", "NextToken");   // each page names the next
/// # let _ = (load_balancers, listeners);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    items: String,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Offset { limit: u32 },
    Token { name: String },
}

/// The pages of one query, requested one after the other.
pub struct Pages {
    client: Client,
    action: String,
    fields: BTreeMap<String, Box<RawValue>>,
    items: String,
    cursor: Cursor,
}

/// Where the next page begins: a plain value, told each page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cursor {
    Offset { limit: u32, offset: u64 },
    Token { name: String, token: Option<String> },
    End,
}

impl Paging {
    /// Pages by `Offset` and `Limit`, with the list in the field `items`. The last page is the one with which `TotalCount`
    /// is reached, or, without that field, the first that is not full.
    pub fn offset(items: &str, limit: u32) -> Self {
        Self { items: items.to_owned(), form: Form::Offset { limit: limit.max(1) } }
    }

    /// Pages by a token: the response's field `name` is the next request's parameter of that name. A page without one is
    /// the last.
    pub fn token(items: &str, name: &str) -> Self {
        Self { items: items.to_owned(), form: Form::Token { name: name.to_owned() } }
    }
}

impl Client {
    /// The pages of a query. Nothing is sent before [`Pages::next`].
    ///
    /// ```no_run
    /// # async fn example(client: clb_api::Client) -> Result<(), clb_api::ApiError> {
    /// use clb_api::{Paging, models::LoadBalancer};
    ///
    /// let parameters = serde_json::json!({"LoadBalancerType": "OPEN"});
    /// let pages = client.pages("DescribeLoadBalancers", &parameters, Paging::offset("LoadBalancerSet", 100))?;
    /// let load_balancers: Vec<LoadBalancer> = pages.collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(
        &self,
        action: &str,
        parameters: &(impl Serialize + ?Sized),
        paging: Paging,
    ) -> Result<Pages, ApiError> {
        let json = parameters::to_json(&parameters).map_err(ApiError::setup)?;
        let fields = serde_json::from_slice(&json).map_err(|error| invalid(&error))?;
        let cursor = match paging.form {
            Form::Offset { limit } => Cursor::Offset { limit, offset: 0 },
            Form::Token { name } => Cursor::Token { name, token: None },
        };
        Ok(Pages { client: self.clone(), action: action.to_owned(), fields, items: paging.items, cursor })
    }
}

impl Pages {
    /// The next page; `None` after the last. After an error, the same page is requested again.
    pub async fn next(&mut self) -> Option<Result<Response, ApiError>> {
        if self.cursor == Cursor::End {
            return None;
        }
        Some(self.request().await)
    }

    /// The items of all pages, or the first error.
    pub async fn collect<T: DeserializeOwned>(mut self) -> Result<Vec<T>, ApiError> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await {
            all.extend(items::<T>(&page?, &self.items)?);
        }
        Ok(all)
    }

    async fn request(&mut self) -> Result<Response, ApiError> {
        self.cursor.write(&mut self.fields).map_err(|error| invalid(&error))?;
        let page = self.client.call(&self.action, &self.fields).await?;
        let count = items::<&RawValue>(&page, &self.items)?.len();
        self.cursor = self.cursor.after(&page, count)?;
        Ok(page)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("action", &self.action)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    /// Writes what requests the page into the parameters.
    fn write(&self, fields: &mut BTreeMap<String, Box<RawValue>>) -> Result<(), serde_json::Error> {
        match self {
            Self::Offset { limit, offset } => {
                fields.insert("Limit".to_owned(), to_raw_value(limit)?);
                fields.insert("Offset".to_owned(), to_raw_value(offset)?);
            }
            Self::Token { name, token: Some(token) } => {
                fields.insert(name.clone(), to_raw_value(token)?);
            }
            Self::Token { token: None, .. } | Self::End => {}
        }
        Ok(())
    }

    /// Where the page after `page` begins, which has so many items.
    fn after(&self, page: &Response, count: usize) -> Result<Self, ApiError> {
        Ok(match self {
            Self::Offset { limit, offset } => {
                let seen = offset + count as u64;
                let is_last = match page.body.get("TotalCount").and_then(serde_json::Value::as_u64) {
                    Some(total) => seen >= total,
                    None => count < *limit as usize,
                };
                if is_last || count == 0 { Self::End } else { Self::Offset { limit: *limit, offset: seen } }
            }
            Self::Token { name, token } => match page.body.get(name).and_then(|value| value.as_str()) {
                None | Some("") => Self::End,
                Some(next) if token.as_deref() == Some(next) => {
                    return Err(unreadable(format_args!(
                        "the page names itself as the next one in `{name}`"
                    )));
                }
                Some(next) => Self::Token { name: name.clone(), token: Some(next.to_owned()) },
            },
            Self::End => Self::End,
        })
    }
}

/// The items of a page. A list that is null is empty; one that is missing is an error.
fn items<'a, T: serde::Deserialize<'a>>(page: &'a Response, name: &str) -> Result<Vec<T>, ApiError> {
    let fields = Object::parse(&page.text).map_err(unreadable)?;
    let Some(list) = fields.get(name) else {
        return Err(unreadable(format_args!("the page has no `{name}`")));
    };
    let list: Option<Vec<T>> =
        objects_only::read(list.get()).map_err(|error| unreadable(format_args!("`{name}`: {error}")))?;
    Ok(list.unwrap_or_default())
}

fn unreadable(problem: impl fmt::Display) -> ApiError {
    ApiError::unreadable_response(
        ErrorClass::Transient,
        200,
        format!("the response cannot be read: {problem}"),
    )
}

fn invalid(error: &serde_json::Error) -> ApiError {
    ApiError::setup(SetupError::invalid("parameters", error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn page(content: Value) -> Response {
        let mut content = content;
        content["RequestId"] = json!("r-1");
        let body = json!({ "Response": content }).to_string();
        Response::parse(&http::Response::new(body.into()), 0).unwrap()
    }

    fn offset(offset: u64) -> Cursor {
        Cursor::Offset { limit: 2, offset }
    }

    #[test]
    fn an_offset_grows_by_what_came_until_the_total_is_reached() {
        let total = page(json!({"TotalCount": 5}));
        assert_eq!(offset(0).after(&total, 2).unwrap(), offset(2));
        assert_eq!(offset(2).after(&total, 1).unwrap(), offset(3), "a short page is not the last");
        assert_eq!(offset(3).after(&total, 2).unwrap(), Cursor::End);
        assert_eq!(offset(2).after(&total, 0).unwrap(), Cursor::End, "no endless loop");
    }

    #[test]
    fn without_a_total_the_first_page_that_is_not_full_is_the_last() {
        let no_total = page(json!({}));
        assert_eq!(offset(0).after(&no_total, 2).unwrap(), offset(2));
        assert_eq!(offset(2).after(&no_total, 1).unwrap(), Cursor::End);
    }

    #[test]
    fn a_token_leads_from_page_to_page() {
        let cursor =
            |token: Option<&str>| Cursor::Token { name: "Next".to_owned(), token: token.map(str::to_owned) };
        assert_eq!(cursor(None).after(&page(json!({"Next": "a"})), 1).unwrap(), cursor(Some("a")));
        for last in [json!({}), json!({"Next": ""}), json!({"Next": null})] {
            assert_eq!(cursor(Some("a")).after(&page(last), 1).unwrap(), Cursor::End);
        }
        assert!(cursor(Some("a")).after(&page(json!({"Next": "a"})), 1).is_err());
        let mut fields = BTreeMap::new();
        cursor(Some("a")).write(&mut fields).unwrap();
        assert_eq!(fields["Next"].get(), "\"a\"");
    }

    #[test]
    fn a_list_that_is_missing_is_an_error() {
        assert!(items::<Value>(&page(json!({"TotalCount": 0})), "Items").is_err());
        assert!(items::<Value>(&page(json!({"Items": {}})), "Items").is_err());
        assert_eq!(items::<Value>(&page(json!({"Items": null})), "Items").unwrap(), Vec::<Value>::new());
    }
}
