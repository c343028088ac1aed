//! Regions, and the hosts that reach them.

use crate::api_error::ApiError;

/// Checks the region of a call and that the host reaches it. Finance zones are isolated: their host names the region.
pub(crate) fn check(
    host: Option<&str>,
    service: &str,
    region: Option<&str>,
    required: bool,
) -> Result<(), ApiError> {
    let region = region.filter(|region| !region.is_empty());
    match region {
        None if required => return Err(ApiError::missing_parameter("Region")),
        Some(unknown) if !is_region(unknown) => {
            let message = format!("there is no region `{unknown}`");
            return Err(ApiError::new("InvalidParameter.RegionNotFound", message));
        }
        _ => {}
    }
    host.map_or(Ok(()), |host| check_host(host, service, region))
}

/// Only the vendor's own hosts say what they reach: `clb.tencentcloudapi.com`, `clb.ap-shanghai-fsi.tencentcloudapi.com`.
fn check_host(host: &str, service: &str, region: Option<&str>) -> Result<(), ApiError> {
    let name = host.split(':').next().unwrap_or_default();
    let Some(labels) = name.strip_suffix(".tencentcloudapi.com") else { return Ok(()) };
    let (product, zone) = labels.split_once('.').unwrap_or((labels, ""));
    if product != service {
        return Err(ApiError::new("NoSuchProduct", format!("`{host}` is not a host of `{service}`")));
    }
    let is_isolated = is_finance(zone) || region.is_some_and(is_finance);
    if is_isolated && region != Some(zone) {
        let message = format!("region `{}` is not reached at `{host}`", region.unwrap_or_default());
        return Err(ApiError::new("UnsupportedRegion", message));
    }
    Ok(())
}

/// Regions are written `ap-guangzhou`, `na-siliconvalley`, `ap-shanghai-fsi`.
fn is_region(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.split_once('-')
        .is_some_and(|(area, rest)| area.len() == 2 && is_word(area) && rest.split('-').all(is_word))
}

fn is_finance(region: &str) -> bool {
    region.ends_with("-fsi")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(host: &str, region: &str) -> Option<String> {
        check(Some(host), "clb", Some(region), true).err().map(|failure| failure.code)
    }

    #[test]
    fn regions_have_a_form() {
        for region in ["ap-guangzhou", "na-siliconvalley", "ap-shanghai-fsi", "eu-frankfurt", "ap-zone2"] {
            assert_eq!(code("127.0.0.1:80", region).filter(|_| !is_finance(region)), None, "{region}");
        }
        for region in ["ap", "ap-", "guangzhou", "AP-Guangzhou", "ap-guang zhou", "asia-guangzhou", "ap--x"] {
            assert_eq!(
                code("127.0.0.1:80", region).as_deref(),
                Some("InvalidParameter.RegionNotFound"),
                "{region}"
            );
        }
        assert_eq!(code("127.0.0.1:80", "").as_deref(), Some("MissingParameter"));
    }

    #[test]
    fn finance_zones_are_reached_at_their_own_hosts_only() {
        let zone = "ap-shanghai-fsi";
        assert_eq!(code("clb.ap-shanghai-fsi.tencentcloudapi.com", zone), None);
        assert_eq!(code("localhost:80", zone), None);
        assert_eq!(code("clb.tencentcloudapi.com", zone).as_deref(), Some("UnsupportedRegion"));
        assert_eq!(
            code("clb.ap-shenzhen-fsi.tencentcloudapi.com", zone).as_deref(),
            Some("UnsupportedRegion")
        );
        assert_eq!(
            code("clb.ap-shanghai-fsi.tencentcloudapi.com", "ap-shanghai").as_deref(),
            Some("UnsupportedRegion")
        );
    }

    #[test]
    fn other_hosts_of_the_vendor_are_for_other_products() {
        assert_eq!(code("clb.tencentcloudapi.com:443", "ap-guangzhou"), None);
        assert_eq!(code("clb.internal.tencentcloudapi.com", "ap-guangzhou"), None);
        assert_eq!(code("clb.ap-guangzhou.tencentcloudapi.com", "ap-beijing"), None);
        assert_eq!(code("cvm.tencentcloudapi.com", "ap-guangzhou").as_deref(), Some("NoSuchProduct"));
    }
}
